-- upsert_hunting_classes: $1 jsonb rows. Returns whether each made or changed one is new.
INSERT INTO hunting_class (
    key, dealer_id, tenant_id, name, metrics, mode, price_step, ratio_step_percent, max_attempts, stop_codes,
    pdd_timeout_s
)
SELECT v.key, d.id, d.tenant_id, v.name, v.metrics, v.mode, v.price_step, v.ratio_step_percent, v.max_attempts,
       v.stop_codes, v.pdd_timeout_s
FROM jsonb_to_recordset($1::jsonb) AS v(
    key text, dealer text, name text, metrics text[], mode text, price_step bigint, ratio_step_percent int,
    max_attempts int, stop_codes int[], pdd_timeout_s int
)
JOIN dealer AS d ON d.key = v.dealer
ON CONFLICT (key) DO UPDATE
SET name = excluded.name, metrics = excluded.metrics, mode = excluded.mode, price_step = excluded.price_step,
    ratio_step_percent = excluded.ratio_step_percent, max_attempts = excluded.max_attempts,
    stop_codes = excluded.stop_codes, pdd_timeout_s = excluded.pdd_timeout_s
WHERE (hunting_class.name, hunting_class.metrics, hunting_class.mode, hunting_class.price_step,
       hunting_class.ratio_step_percent, hunting_class.max_attempts, hunting_class.stop_codes,
       hunting_class.pdd_timeout_s)
      IS DISTINCT FROM
      (excluded.name, excluded.metrics, excluded.mode, excluded.price_step, excluded.ratio_step_percent,
       excluded.max_attempts, excluded.stop_codes, excluded.pdd_timeout_s)
RETURNING key, xmax = 0 AS is_new
