-- delete_open_legs: legs that a batch closed; their CDRs are written in the same transaction. As many rows must be deleted
-- as are named, or a leg is not what the batch took it for.
-- $1 call ids, $2 legs, $3 their seq: parallel arrays, as array literals.
DELETE FROM open_leg AS o
USING unnest($1::text::uuid[], $2::text::smallint[], $3::text::int[]) AS k (call_id, leg, seq)
WHERE o.call_id = k.call_id AND o.leg = k.leg AND o.seq = k.seq
