-- read_time_bands: the bands of some packs, in order. $1 bigint[] pack ids.
SELECT pack_id, name, weekdays, start_minute, end_minute, is_holiday
FROM time_band
WHERE pack_id = ANY ($1::bigint[])
ORDER BY pack_id, id
