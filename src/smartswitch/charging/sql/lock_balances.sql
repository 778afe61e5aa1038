-- lock_balances: the balances of a batch, locked in the order of their ids so that two batches never deadlock.
-- $1 balance ids, as an array literal.
SELECT id, amount, held, credit_limit, call_limit, live_calls, version
FROM balance
WHERE id = ANY ($1::text::bigint[])
ORDER BY id
FOR NO KEY UPDATE
