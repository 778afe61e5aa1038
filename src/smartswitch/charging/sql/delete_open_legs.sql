-- delete_open_legs: legs that a batch closed; their CDRs are written in the same transaction.
-- $1 call ids, $2 legs: parallel arrays, as array literals.
DELETE FROM open_leg AS o
USING unnest($1::text::uuid[], $2::text::smallint[]) AS k (call_id, leg)
WHERE o.call_id = k.call_id AND o.leg = k.leg
