-- move_terminator: a terminator of the demonstration listens on another port now. $1 text key, $2 int port.
UPDATE terminator AS t
SET port = $2
FROM peer AS p
WHERE p.id = t.peer_id AND p.key = $1 AND t.port <> $2
