-- read_numbers: the numbers (DIDs) of peers. $1 text[] keys of peers.
SELECT p.key AS parent, n.number
FROM did AS n
JOIN peer AS p ON p.id = n.peer_id
WHERE p.key = ANY($1)
ORDER BY p.key, n.number
