-- write_balances: the balances that a batch changed. The CHECK of the table repeats the limit.
-- $1 bigint[] ids, $2 bigint[] amounts, $3 bigint[] held, $4 int[] live calls (parallel arrays).
UPDATE balance AS b
SET amount = v.amount, held = v.held, live_calls = v.live_calls, version = b.version + 1
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::int[]) AS v (id, amount, held, live_calls)
WHERE b.id = v.id
