-- legs_of_call: the ended legs of one call that belong to a dealer's house.
-- dealer: id; call_id; created_at: the moment inside the call id (its partition).
SELECT c.created_at, c.call_id, c.leg, c.direction, c.caller, c.called, c.caller_name, c.result, c.sip_status, c.reason,
       c.refused_by, c.ended_by, c.terminator, c.authorized_at_ms, c.answered_at_ms, c.ended_at_ms, c.duration_ms, c.billed_s,
       c.marked, c.dealer_id, p.key AS peer, nullif(p.name, '') AS peer_name, d.key AS dealer,
       nullif(d.name, '') AS dealer_name, m.key AS company,
       c.source, c.user_agent, c.sip_call_id, c.attempts, c.node
FROM cdr AS c
JOIN dealer AS d ON d.id = c.dealer_id
LEFT JOIN peer AS p ON p.id = c.peer_id
LEFT JOIN company AS m ON m.id = p.company_id
WHERE c.call_id = %(call_id)s AND c.created_at = %(created_at)s AND c.dealer_ids @> ARRAY[%(dealer)s]::bigint[]
  /* party */
ORDER BY c.leg
