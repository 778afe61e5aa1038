-- read_calls: the last legs of calls, newest first. $1 text key of a peer or a dealer, or null for all; $2 text the first
-- digits of the number called, or null; $3 int how many.
SELECT c.created_at, c.call_id, c.leg, c.direction, p.key AS peer, d.key AS dealer, c.caller, c.called, c.result, c.reason,
       c.refused_by, c.sip_status, c.terminator, c.ended_by, c.authorized_at_ms, c.answered_at_ms, c.duration_ms,
       c.billed_s, c.marked
FROM cdr AS c
JOIN dealer AS d ON d.id = c.dealer_id
LEFT JOIN peer AS p ON p.id = c.peer_id
WHERE ($1::text IS NULL OR p.key = $1 OR (SELECT id FROM dealer WHERE key = $1) = ANY (c.dealer_ids))
  AND ($2::text IS NULL OR starts_with(c.called, $2))
ORDER BY c.created_at DESC, c.leg
LIMIT $3
