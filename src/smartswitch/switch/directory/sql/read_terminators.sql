-- read_terminators: every terminator, with its block and limits, which belong to its peer. No parameters.
SELECT t.peer_id, p.key, t.host, t.port, t.transport, t.pack_id, t.priority, t.auth_username, t.auth_password_encrypted,
       t.auth_realm, t.pdd_timeout_s, t.is_active, p.is_blocked, b.call_limit, p.calls_per_second_limit, t.answers
FROM terminator AS t
JOIN peer AS p ON p.id = t.peer_id
JOIN balance AS b ON b.id = p.balance_id
