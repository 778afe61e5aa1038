-- upsert_terminators: where terminators are and how they are spoken to. $1 jsonb rows; their peers exist.
-- Returns the keys of those made or changed.
INSERT INTO terminator (
    peer_id, host, port, transport, pack_id, priority, auth_username, auth_password_encrypted, auth_realm, pdd_timeout_s,
    answers, is_active
)
SELECT p.id, v.host, v.port, v.transport, k.id, v.priority, v.username, v.password_encrypted, v.realm, v.pdd_timeout_s,
       v.answers, true
FROM jsonb_to_recordset($1::jsonb) AS v(
    key text, host text, port int, transport text, pack text, priority int, username text, password_encrypted text,
    realm text, pdd_timeout_s int, answers bool
)
JOIN peer AS p ON p.key = v.key
JOIN billing_pack AS k ON k.key = v.pack
ON CONFLICT (peer_id) DO UPDATE
SET host = excluded.host, port = excluded.port, transport = excluded.transport, pack_id = excluded.pack_id,
    priority = excluded.priority, auth_username = excluded.auth_username,
    auth_password_encrypted = excluded.auth_password_encrypted, auth_realm = excluded.auth_realm,
    pdd_timeout_s = excluded.pdd_timeout_s, answers = excluded.answers
WHERE (terminator.host, terminator.port, terminator.transport, terminator.pack_id, terminator.priority,
       terminator.auth_username, terminator.auth_password_encrypted, terminator.auth_realm, terminator.pdd_timeout_s,
       terminator.answers)
      IS DISTINCT FROM
      (excluded.host, excluded.port, excluded.transport, excluded.pack_id, excluded.priority, excluded.auth_username,
       excluded.auth_password_encrypted, excluded.auth_realm, excluded.pdd_timeout_s, excluded.answers)
RETURNING peer_id
