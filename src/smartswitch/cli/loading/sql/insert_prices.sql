-- insert_prices: new rows of packs. $1 jsonb rows.
INSERT INTO price (
    pack_id, code, band, price_per_minute, first_price_per_minute, connect_fee, min_s, increment_s, free_s, grace_s,
    valid_from, valid_to, is_blocked
)
SELECT k.id, v.code, v.band, v.price_per_minute, v.first_price_per_minute, v.connect_fee, v.min_s, v.increment_s,
       v.free_s, v.grace_s, v.valid_from, v.valid_to, v.is_blocked
FROM jsonb_to_recordset($1::jsonb) AS v(
    pack text, code text, band text, price_per_minute bigint, first_price_per_minute bigint, connect_fee bigint,
    min_s int, increment_s int, free_s int, grace_s int, valid_from timestamptz, valid_to timestamptz, is_blocked bool
)
JOIN billing_pack AS k ON k.key = v.pack
