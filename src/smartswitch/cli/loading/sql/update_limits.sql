-- update_limits: credit and call limits of balances. $1 jsonb rows (id, credit_limit, call_limit).
UPDATE balance AS b
SET credit_limit = v.credit_limit, call_limit = v.call_limit
FROM jsonb_to_recordset($1::jsonb) AS v(id bigint, credit_limit bigint, call_limit int)
WHERE b.id = v.id
