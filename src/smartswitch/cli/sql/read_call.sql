-- read_call: every leg of one call. $1 uuid, $2 timestamptz the moment inside the id (the partition).
SELECT c.created_at, c.call_id, c.leg, c.direction, p.key AS peer, d.key AS dealer, c.caller, c.called, c.result, c.reason,
       c.refused_by, c.sip_status, c.terminator, c.ended_by, c.authorized_at_ms, c.answered_at_ms, c.duration_ms,
       c.billed_s, c.marked, c.attempts
FROM cdr AS c
JOIN dealer AS d ON d.id = c.dealer_id
LEFT JOIN peer AS p ON p.id = c.peer_id
WHERE c.call_id = $1 AND c.created_at = $2
ORDER BY c.leg
