-- read_translations: every number translation, in the order in which they apply. No parameters.
SELECT peer_id, direction, field, pattern, replacement
FROM number_translation
ORDER BY peer_id, direction, field, position, id
