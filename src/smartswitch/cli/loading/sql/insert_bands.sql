-- insert_bands: $1 jsonb rows, in order.
INSERT INTO time_band (pack_id, name, weekdays, start_minute, end_minute, is_holiday)
SELECT k.id, v.name, v.weekdays, v.start_minute, v.end_minute, v.is_holiday
FROM jsonb_to_recordset($1::jsonb) AS v(
    parent text, name text, weekdays int[], start_minute int, end_minute int, is_holiday bool, place bigint
)
JOIN billing_pack AS k ON k.key = v.parent
ORDER BY v.parent, v.place
