-- read_versions: whether balances are still what is remembered of them. $1 balance ids, as an array literal.
SELECT id, version FROM balance WHERE id = ANY ($1::text::bigint[])
