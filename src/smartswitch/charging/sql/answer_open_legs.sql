-- answer_open_legs: note the answer on legs whose holds stay as they are. As many rows must change as are named.
-- Parallel arrays, one element a leg; $1 to $6 as array literals: $3 is the seq that the row has, $4 the new one; $9 is the
-- node, which now carries the legs.
UPDATE open_leg AS o
SET seq = v.seq, state = 'answered', answered_at_ms = v.answered_at_ms, confirmed_at_ms = v.confirmed_at_ms,
    answers = v.answers, cost = COALESCE(v.cost, o.cost), node = $9::text
FROM unnest($1::text::uuid[], $2::text::smallint[], $3::text::int[], $4::text::int[], $5::text::bigint[],
            $6::text::bigint[], $7::text[], $8::text[])
     AS v (call_id, leg, stored_seq, seq, answered_at_ms, confirmed_at_ms, answers, cost)
WHERE o.call_id = v.call_id AND o.leg = v.leg AND o.seq = v.stored_seq
