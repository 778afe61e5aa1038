-- insert_balances: balances that do not exist yet. $1 jsonb rows (kind, party, dealer, currency, limits).
-- Returns kind, party and id of those made.
INSERT INTO balance (tenant_id, dealer_id, kind, party, currency, credit_limit, call_limit)
SELECT d.tenant_id, d.id, v.kind, v.party, v.currency, v.credit_limit, v.call_limit
FROM jsonb_to_recordset($1::jsonb) AS v(
    kind text, party text, dealer text, currency text, credit_limit bigint, call_limit int
)
JOIN dealer AS d ON d.key = v.dealer
ON CONFLICT (kind, party, currency) DO NOTHING
RETURNING kind, party, id
