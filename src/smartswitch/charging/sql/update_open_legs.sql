-- update_open_legs: what Answer and Extend change on open legs.
-- Parallel arrays, one element a leg; held ($8) is written as text, {1,2,3}, since arrays of arrays must be of one length.
UPDATE open_leg AS o
SET seq = v.seq, granted_s = v.granted_s, slice_s = v.slice_s, answered_at_ms = v.answered_at_ms,
    confirmed_at_ms = v.confirmed_at_ms, state = CASE WHEN v.answered_at_ms IS NULL THEN 'authorized' ELSE 'answered' END,
    held = v.held::bigint[], answers = v.answers, cost = COALESCE(v.cost, o.cost), node = v.node
FROM unnest($1::uuid[], $2::smallint[], $3::int[], $4::int[], $5::int[], $6::bigint[], $7::bigint[],
            $8::text[], $9::jsonb[], $10::jsonb[], $11::text[])
     AS v (call_id, leg, seq, granted_s, slice_s, answered_at_ms, confirmed_at_ms, held, answers, cost, node)
WHERE o.call_id = v.call_id AND o.leg = v.leg
