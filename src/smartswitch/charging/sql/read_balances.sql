-- read_balances: balances that this process does not remember. They are not locked: what is written goes by the version.
-- $1 balance ids, as an array literal.
SELECT id, amount, held, credit_limit, call_limit, live_calls, version
FROM balance
WHERE id = ANY ($1::text::bigint[])
