-- read_available: what balances can still pay. $1 bigint[] ids. Available is null without a limit.
SELECT id, amount + credit_limit - held AS available
FROM balance
WHERE id = ANY($1)
