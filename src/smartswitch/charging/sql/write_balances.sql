-- write_balances: the balances that a batch changed. The CHECK of the table repeats the limit. As many rows must change as
-- are named, or somebody else moved one since it was read.
-- $1 ids, $2 amounts, $3 held, $4 live calls, $5 the versions that the rows have: parallel arrays, as array literals
-- (cheaper to send than typed arrays), in the order of the ids.
UPDATE balance AS b
SET amount = v.amount, held = v.held, live_calls = v.live_calls, version = b.version + 1
FROM unnest($1::text::bigint[], $2::text::bigint[], $3::text::bigint[], $4::text::int[], $5::text::bigint[])
     AS v (id, amount, held, live_calls, version)
WHERE b.id = v.id AND b.version = v.version
