-- read_translations: the number translations of peers, in order. $1 text[] keys of peers.
SELECT p.key AS parent, t.direction, t.field, t.pattern, t.replacement
FROM number_translation AS t
JOIN peer AS p ON p.id = t.peer_id
WHERE p.key = ANY($1)
ORDER BY p.key, t.position
