-- update_open_legs: what Answer and Extend change on open legs. As many rows must change as are named.
-- Parallel arrays, one element a leg; $1 to $8 as array literals: $3 is the seq that the row has, $4 the new one; held ($9)
-- is one literal a leg, since arrays of arrays must be of one length; $12 is the node, which now carries the legs.
UPDATE open_leg AS o
SET seq = v.seq, granted_s = v.granted_s, slice_s = v.slice_s, answered_at_ms = v.answered_at_ms,
    confirmed_at_ms = v.confirmed_at_ms, state = CASE WHEN v.answered_at_ms IS NULL THEN 'authorized' ELSE 'answered' END,
    held = v.held::bigint[], answers = v.answers, cost = COALESCE(v.cost, o.cost), node = $12::text
FROM unnest($1::text::uuid[], $2::text::smallint[], $3::text::int[], $4::text::int[], $5::text::int[], $6::text::int[],
            $7::text::bigint[], $8::text::bigint[], $9::text[], $10::text[], $11::text[])
     AS v (call_id, leg, stored_seq, seq, granted_s, slice_s, answered_at_ms, confirmed_at_ms, held, answers, cost)
WHERE o.call_id = v.call_id AND o.leg = v.leg AND o.seq = v.stored_seq
