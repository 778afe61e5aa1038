-- read_taken: numbers, usernames and extensions of the file that a peer outside the file has already.
-- $1 text[] keys of the peers of the file, $2 text[] numbers, $3 text[] usernames, $4 text[] "dealer extension".
SELECT 'number' AS what, n.number AS value, p.key AS peer
FROM did AS n
JOIN peer AS p ON p.id = n.peer_id
WHERE n.number = ANY($2) AND p.key <> ALL($1)
UNION ALL
SELECT 'username', p.auth_username, p.key
FROM peer AS p
WHERE p.auth_username = ANY($3) AND p.key <> ALL($1)
UNION ALL
SELECT 'extension', d.key || ' ' || p.extension, p.key
FROM peer AS p
JOIN dealer AS d ON d.id = p.dealer_id
WHERE d.key || ' ' || p.extension = ANY($4) AND p.key <> ALL($1)
