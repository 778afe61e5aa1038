-- prices_by_id: rows of price that the viewer may see, with their pack. ids: bigint[].
SELECT r.id, r.code, r.band, r.price_per_minute, r.first_price_per_minute, r.connect_fee, r.min_s, r.increment_s, r.free_s,
       r.grace_s, nullif(r.valid_from, '-infinity') AS valid_from, nullif(r.valid_to, 'infinity') AS valid_to,
       k.key AS pack, nullif(k.name, '') AS pack_name
FROM price AS r
JOIN billing_pack AS k ON k.id = r.pack_id
WHERE r.id = ANY (%(ids)s)
