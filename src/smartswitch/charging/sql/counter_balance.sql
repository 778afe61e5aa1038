-- counter_balance: the seller's balance that stands on the other side of a payment, made when it is first needed.
-- $1 text kind, $2 text seller key, $3 text currency, $4 bigint seller dealer id, $5 bigint tenant id.
WITH made AS (
    INSERT INTO balance (kind, party, currency, dealer_id, tenant_id)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (kind, party, currency) DO NOTHING
    RETURNING id
)
SELECT id FROM made
UNION ALL
SELECT id FROM balance WHERE kind = $1 AND party = $2 AND currency = $3
LIMIT 1
