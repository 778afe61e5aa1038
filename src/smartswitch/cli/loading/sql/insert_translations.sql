-- insert_translations: $1 jsonb rows; those of one peer stand in order.
INSERT INTO number_translation (peer_id, direction, field, position, pattern, replacement)
SELECT p.id, v.direction, v.field, v.place, v.pattern, v.replacement
FROM jsonb_to_recordset($1::jsonb) AS v(
    parent text, place int, direction text, field text, pattern text, replacement text
)
JOIN peer AS p ON p.key = v.parent
