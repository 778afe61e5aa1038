-- upsert_exchange_rates: rates that are not in force yet. $1 jsonb rows, $2 timestamptz now.
-- A rate without a moment is in force from ever if the pair is new, else from now.
WITH wanted AS (
    SELECT v.from_currency, v.to_currency, v.rate,
           COALESCE(v.valid_from, CASE WHEN EXISTS (
               SELECT FROM exchange_rate AS e WHERE e.from_currency = v.from_currency AND e.to_currency = v.to_currency
           ) THEN $2::timestamptz ELSE '-infinity'::timestamptz END) AS valid_from
    FROM jsonb_to_recordset($1::jsonb) AS v(from_currency text, to_currency text, rate bigint, valid_from timestamptz)
)
INSERT INTO exchange_rate (from_currency, to_currency, rate, valid_from)
SELECT w.from_currency, w.to_currency, w.rate, w.valid_from
FROM wanted AS w
WHERE w.rate IS DISTINCT FROM (
    SELECT e.rate
    FROM exchange_rate AS e
    WHERE e.from_currency = w.from_currency AND e.to_currency = w.to_currency AND e.valid_from <= w.valid_from
    ORDER BY e.valid_from DESC
    LIMIT 1
)
RETURNING id
