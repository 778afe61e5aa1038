-- read_terminator_passwords: the stored, encrypted passwords of terminators. $1 text[] keys.
SELECT p.key, t.auth_password_encrypted
FROM terminator AS t
JOIN peer AS p ON p.id = t.peer_id
WHERE p.key = ANY($1) AND t.auth_password_encrypted IS NOT NULL
