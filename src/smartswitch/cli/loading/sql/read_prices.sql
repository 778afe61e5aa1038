-- read_prices: the prices of packs that are, or will be, in force. $1 text[] keys of packs, $2 timestamptz now.
SELECT k.key AS pack, p.id, p.code, p.band, p.price_per_minute, p.first_price_per_minute, p.connect_fee, p.min_s,
       p.increment_s, p.free_s, p.grace_s, p.is_blocked,
       NULLIF(p.valid_from, '-infinity') AS valid_from, NULLIF(p.valid_to, 'infinity') AS valid_to
FROM price AS p
JOIN billing_pack AS k ON k.id = p.pack_id
WHERE k.key = ANY($1) AND p.valid_to > $2
