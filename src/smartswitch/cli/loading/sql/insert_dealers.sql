-- insert_dealers: dealers of one level of the tree that do not exist, each with its balance.
-- $1 jsonb rows, $2 timestamptz. A dealer and its balance name each other, so both are made by one statement. Returns key.
WITH wanted AS MATERIALIZED (
    SELECT v.*, p.id AS parent_id, p.tenant_id AS parent_tenant_id, p.parent_id IS NULL AS is_top_level,
           nextval(pg_get_serial_sequence('dealer', 'id')) AS id,
           nextval(pg_get_serial_sequence('balance', 'id')) AS balance_id
    FROM jsonb_to_recordset($1::jsonb) AS v(
        key text, name text, parent text, currency text, credit_limit bigint, call_limit int, calls_per_second int,
        profit_control text, is_virtual_pbx bool, time_zone text
    )
    JOIN dealer AS p ON p.key = v.parent
    WHERE NOT EXISTS (SELECT FROM dealer AS d WHERE d.key = v.key)
), balances AS (
    INSERT INTO balance (id, tenant_id, dealer_id, kind, party, currency, credit_limit, call_limit)
    OVERRIDING SYSTEM VALUE
    SELECT balance_id, CASE WHEN is_top_level THEN id ELSE parent_tenant_id END, id, 'dealer', key, currency,
           credit_limit, call_limit
    FROM wanted
)
INSERT INTO dealer (
    id, key, name, parent_id, path, tenant_id, currency, balance_id, is_blocked, is_virtual_pbx, profit_control,
    calls_per_second_limit, time_zone, created_at
)
OVERRIDING SYSTEM VALUE
SELECT id, key, name, parent_id, '{}', CASE WHEN is_top_level THEN id ELSE parent_tenant_id END, currency, balance_id,
       false, is_virtual_pbx, profit_control, calls_per_second, time_zone, $2
FROM wanted
RETURNING key
