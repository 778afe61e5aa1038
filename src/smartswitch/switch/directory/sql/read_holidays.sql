-- read_holidays: the holidays of some packs. $1 bigint[] pack ids.
SELECT pack_id, day
FROM holiday
WHERE pack_id = ANY ($1::bigint[])
