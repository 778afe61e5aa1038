-- read_holidays: the holidays of packs. $1 text[] keys of packs.
SELECT k.key AS parent, h.day::text AS day
FROM holiday AS h
JOIN billing_pack AS k ON k.id = h.pack_id
WHERE k.key = ANY($1)
ORDER BY h.day
