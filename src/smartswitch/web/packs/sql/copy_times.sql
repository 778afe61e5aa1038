-- copy_times: the time bands and holidays of one pack for another. source, target: pack ids.
WITH bands AS (
    INSERT INTO time_band (pack_id, name, weekdays, start_minute, end_minute, is_holiday)
    SELECT %(target)s, name, weekdays, start_minute, end_minute, is_holiday
    FROM time_band WHERE pack_id = %(source)s ORDER BY id
)
INSERT INTO holiday (pack_id, day) SELECT %(target)s, day FROM holiday WHERE pack_id = %(source)s ORDER BY day
