-- lock_payable_balance: a party's balance under lock, and who sells to that party.
-- $1 bigint balance id. The owner sells to himself: his own balance has no seller above.
SELECT b.id, b.tenant_id, b.party, b.currency, b.amount, b.held, b.credit_limit,
       COALESCE(above.key, own.key) AS seller, COALESCE(above.id, own.id) AS seller_dealer_id,
       COALESCE(above.tenant_id, own.tenant_id) AS seller_tenant_id
FROM balance AS b
JOIN dealer AS own ON own.id = b.dealer_id
LEFT JOIN dealer AS above ON above.id = own.parent_id AND b.kind = 'dealer'
WHERE b.id = $1 AND b.kind IN ('peer', 'company', 'dealer')
FOR NO KEY UPDATE OF b
