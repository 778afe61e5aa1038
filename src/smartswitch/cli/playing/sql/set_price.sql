-- set_price: a new price of a code from a moment on; what is null stays as the code has it at that moment.
-- $1 text pack key, $2 text code, $3 timestamptz, $4 bigint price, $5 bigint first price, $6 bigint connect fee,
-- $7 int min s, $8 int increment s, $9 int free s, $10 int grace s. Without a first price of its own it follows the price.
WITH now_in_force AS (
    SELECT p.*
    FROM price AS p
    JOIN billing_pack AS k ON k.id = p.pack_id
    WHERE k.key = $1 AND p.code = $2 AND p.band IS NULL AND p.valid_from <= $3 AND p.valid_to > $3
    ORDER BY p.valid_from DESC
    LIMIT 1
)
INSERT INTO price (pack_id, code, band, price_per_minute, first_price_per_minute, connect_fee, min_s, increment_s,
                   free_s, grace_s, valid_from)
SELECT k.id, $2, NULL, $4::bigint,
       COALESCE($5::bigint, CASE WHEN n.first_price_per_minute <> n.price_per_minute THEN n.first_price_per_minute END,
                $4::bigint),
       COALESCE($6::bigint, n.connect_fee, 0), COALESCE($7::int, n.min_s, 1), COALESCE($8::int, n.increment_s, 1),
       COALESCE($9::int, n.free_s, 0), COALESCE($10::int, n.grace_s), $3
FROM billing_pack AS k
LEFT JOIN now_in_force AS n ON true
WHERE k.key = $1
ON CONFLICT (pack_id, code, band, valid_from) DO UPDATE
SET price_per_minute = EXCLUDED.price_per_minute, first_price_per_minute = EXCLUDED.first_price_per_minute,
    connect_fee = EXCLUDED.connect_fee, min_s = EXCLUDED.min_s, increment_s = EXCLUDED.increment_s,
    free_s = EXCLUDED.free_s, grace_s = EXCLUDED.grace_s
