-- read_addresses: the networks of peers, in order. $1 text[] keys of peers.
SELECT p.key AS parent, a.network::text AS network, a.action, a.port, a.transport
FROM peer_address AS a
JOIN peer AS p ON p.id = a.peer_id
WHERE p.key = ANY($1)
ORDER BY p.key, a.position
