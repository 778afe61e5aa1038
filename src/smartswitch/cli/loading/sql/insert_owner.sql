-- insert_owner: the root of the tree, where there is none, with its balance. $1 text currency, $2 timestamptz.
WITH wanted AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('dealer', 'id')) AS id,
           nextval(pg_get_serial_sequence('balance', 'id')) AS balance_id
    WHERE NOT EXISTS (SELECT FROM dealer WHERE parent_id IS NULL)
), balances AS (
    INSERT INTO balance (id, tenant_id, dealer_id, kind, party, currency, credit_limit)
    OVERRIDING SYSTEM VALUE
    SELECT balance_id, id, id, 'dealer', 'owner', $1, NULL
    FROM wanted
)
INSERT INTO dealer (
    id, key, name, parent_id, path, tenant_id, currency, balance_id, is_blocked, is_virtual_pbx, profit_control,
    time_zone, created_at
)
OVERRIDING SYSTEM VALUE
SELECT id, 'owner', 'Owner', NULL, ARRAY[id], id, $1, balance_id, false, false, 'allow_losses', 'UTC', $2
FROM wanted
RETURNING key
