-- update_open_legs: what Answer and Extend change on open legs.
-- Parallel arrays, one element a leg; $1 to $7 as array literals; held ($8) is one literal a leg, since arrays of arrays
-- must be of one length; $11 is the node, which now carries the legs.
UPDATE open_leg AS o
SET seq = v.seq, granted_s = v.granted_s, slice_s = v.slice_s, answered_at_ms = v.answered_at_ms,
    confirmed_at_ms = v.confirmed_at_ms, state = CASE WHEN v.answered_at_ms IS NULL THEN 'authorized' ELSE 'answered' END,
    held = v.held::bigint[], answers = v.answers, cost = COALESCE(v.cost, o.cost), node = $11::text
FROM unnest($1::text::uuid[], $2::text::smallint[], $3::text::int[], $4::text::int[], $5::text::int[],
            $6::text::bigint[], $7::text::bigint[], $8::text[], $9::text[], $10::text[])
     AS v (call_id, leg, seq, granted_s, slice_s, answered_at_ms, confirmed_at_ms, held, answers, cost)
WHERE o.call_id = v.call_id AND o.leg = v.leg
