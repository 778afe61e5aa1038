-- move_balance: add to a balance that this transaction has locked, and tell the nodes; gives the amount after it.
-- $1 bigint balance id, $2 bigint amount 10^-6, negative to take away.
UPDATE balance SET amount = amount + $2, version = version + 1
WHERE id = $1
RETURNING amount, pg_notify('balance', $1::text)
