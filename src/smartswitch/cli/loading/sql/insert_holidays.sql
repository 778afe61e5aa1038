-- insert_holidays: $1 jsonb rows.
INSERT INTO holiday (pack_id, day)
SELECT k.id, v.day
FROM jsonb_to_recordset($1::jsonb) AS v(parent text, day date)
JOIN billing_pack AS k ON k.key = v.parent
