-- read_price_rows: rows of price by id, with the moments between which they are in force. $1 bigint[] ids.
SELECT id, code, band, price_per_minute, first_price_per_minute, connect_fee, min_s, increment_s, free_s, grace_s,
       NULLIF(valid_from, '-infinity') AS valid_from, NULLIF(valid_to, 'infinity') AS valid_to
FROM price
WHERE id = ANY($1)
