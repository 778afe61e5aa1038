-- update_base_classes: the base class of route classes. $1 jsonb rows (key, base).
UPDATE route_class AS r
SET base_class_id = w.base_class_id
FROM (
    SELECT v.key, b.id AS base_class_id
    FROM jsonb_to_recordset($1::jsonb) AS v(key text, base text)
    LEFT JOIN route_class AS b ON b.key = v.base
) AS w
WHERE r.key = w.key AND r.base_class_id IS DISTINCT FROM w.base_class_id
