-- chain_lost_ends: the first clean verdict at whose end the chain no longer has the link that it had then.
SELECT v.checked_at, v.place
FROM audit_verdict AS v
LEFT JOIN audit_chain AS c ON c.position = v.place
WHERE v.ok AND v.place > 0 AND c.hash IS DISTINCT FROM v.hash
ORDER BY v.checked_at
LIMIT 1
