-- find_calls: ended legs of a dealer's house, the newest first, from a place in that order on.
-- Its source is calls_by_time or calls_by_dealer; the house is one of house_of_*. dealer: id; before, before_call, before_leg: the place, itself
-- excluded; since: not older than that (so that only the partitions of those months are read); most: how many.
WITH house AS MATERIALIZED (/* house */)
SELECT c.created_at, c.call_id, c.leg, c.direction, c.caller, c.called, c.caller_name, c.result, c.sip_status, c.reason,
       c.refused_by, c.ended_by, c.terminator, c.authorized_at_ms, c.answered_at_ms, c.ended_at_ms, c.duration_ms, c.billed_s,
       c.marked, c.dealer_id, p.key AS peer, nullif(p.name, '') AS peer_name, d.key AS dealer,
       nullif(d.name, '') AS dealer_name, m.key AS company
FROM (/* source */) AS c
JOIN dealer AS d ON d.id = c.dealer_id
LEFT JOIN peer AS p ON p.id = c.peer_id
LEFT JOIN company AS m ON m.id = p.company_id
ORDER BY c.created_at DESC, c.call_id DESC, c.leg DESC
