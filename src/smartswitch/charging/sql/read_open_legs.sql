-- read_open_legs: open legs that this process does not know: new ones (none is found), and those of another node or life.
-- $1 call ids, $2 legs: parallel arrays, as array literals.
SELECT o.call_id, o.leg, o.seq, o.granted_s, o.slice_s, o.authorized_at_ms, o.answered_at_ms, o.confirmed_at_ms,
       o.held, o.answers, o.chain, o.facts, o.cost
FROM unnest($1::text::uuid[], $2::text::smallint[]) AS k (call_id, leg)
JOIN open_leg AS o ON o.call_id = k.call_id AND o.leg = k.leg
