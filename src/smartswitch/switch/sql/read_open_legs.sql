-- read_open_legs: the open legs that a node carried when it was last heard, or those of one call, whoever carries it.
-- $1 text node name or null, $2 uuid call id or null (exactly one is given).
SELECT call_id, leg, seq, state, granted_s, slice_s, authorized_at_ms, answered_at_ms, confirmed_at_ms, chain, facts,
       cost
FROM open_leg
WHERE node = $1 OR call_id = $2
ORDER BY call_id, leg
