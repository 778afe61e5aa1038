-- delete_open_legs: legs that a batch closed; their CDRs are written in the same transaction.
-- $1 uuid[] call ids, $2 smallint[] legs (parallel arrays).
DELETE FROM open_leg AS o
USING unnest($1::uuid[], $2::smallint[]) AS k (call_id, leg)
WHERE o.call_id = k.call_id AND o.leg = k.leg
