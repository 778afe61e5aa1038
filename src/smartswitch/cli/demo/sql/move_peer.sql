-- move_peer: a caller of the demonstration calls from another port now. $1 text key, $2 int port.
UPDATE peer_address AS a
SET port = $2
FROM peer AS p
WHERE p.id = a.peer_id AND p.key = $1 AND a.port IS DISTINCT FROM $2
