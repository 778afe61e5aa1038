-- upsert_packs: packs without their prices. $1 jsonb rows, $2 timestamptz.
-- Returns key, id and whether it is new, of those made or changed.
INSERT INTO billing_pack (
    key, dealer_id, tenant_id, name, currency, decimals, rounding, increment_from, tax_mode, tax_ppm, time_zone, version,
    created_at
)
SELECT v.key, d.id, d.tenant_id, v.name, v.currency, v.decimals, v.rounding, v.increment_from, v.tax_mode, v.tax_ppm,
       v.time_zone, 1, $2
FROM jsonb_to_recordset($1::jsonb) AS v(
    key text, owner text, name text, currency text, decimals smallint, rounding text, increment_from text, tax_mode text,
    tax_ppm int, time_zone text
)
JOIN dealer AS d ON d.key = v.owner
ON CONFLICT (key) DO UPDATE
SET name = excluded.name, decimals = excluded.decimals, rounding = excluded.rounding,
    increment_from = excluded.increment_from, tax_mode = excluded.tax_mode, tax_ppm = excluded.tax_ppm,
    time_zone = excluded.time_zone
WHERE (billing_pack.name, billing_pack.decimals, billing_pack.rounding, billing_pack.increment_from,
       billing_pack.tax_mode, billing_pack.tax_ppm, billing_pack.time_zone)
      IS DISTINCT FROM
      (excluded.name, excluded.decimals, excluded.rounding, excluded.increment_from, excluded.tax_mode,
       excluded.tax_ppm, excluded.time_zone)
RETURNING key, id, xmax = 0 AS is_new
