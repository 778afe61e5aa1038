-- write_balances: the balances that a batch changed. The CHECK of the table repeats the limit.
-- $1 ids, $2 amounts, $3 held, $4 live calls: parallel arrays, as array literals (cheaper to send than typed arrays).
UPDATE balance AS b
SET amount = v.amount, held = v.held, live_calls = v.live_calls, version = b.version + 1
FROM unnest($1::text::bigint[], $2::text::bigint[], $3::text::bigint[], $4::text::int[])
     AS v (id, amount, held, live_calls)
WHERE b.id = v.id
