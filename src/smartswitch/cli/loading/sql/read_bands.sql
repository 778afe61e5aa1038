-- read_bands: the time bands of packs, in order. $1 text[] keys of packs.
SELECT k.key AS parent, t.name, t.weekdays, t.start_minute, t.end_minute, t.is_holiday
FROM time_band AS t
JOIN billing_pack AS k ON k.id = t.pack_id
WHERE k.key = ANY($1)
ORDER BY t.id
