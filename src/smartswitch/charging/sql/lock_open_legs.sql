-- lock_open_legs: the open legs that a batch of commands names, locked in the order of their keys, and how far each is.
-- $1 call ids, $2 legs: parallel arrays, as array literals.
SELECT o.call_id, o.leg, o.seq
FROM unnest($1::text::uuid[], $2::text::smallint[]) AS k (call_id, leg)
JOIN open_leg AS o ON o.call_id = k.call_id AND o.leg = k.leg
ORDER BY o.call_id, o.leg
FOR UPDATE OF o
