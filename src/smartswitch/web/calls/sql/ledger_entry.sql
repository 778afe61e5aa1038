-- ledger_entry: every movement of every balance. What a balance has is the sum of its entries; a charge of 5 gives -5 to
-- the payer, and +5 to the seller's sales and the tax together; so all entries of one row sum to 0.
CREATE VIEW ledger_entry WITH (security_invoker = true) AS
SELECT c.tenant_id, c.created_at, 'charge' AS source, e.balance_id, e.amount, c.currency
FROM charge AS c
CROSS JOIN LATERAL (
    VALUES (c.debit_balance_id, -c.amount), (c.credit_balance_id, c.amount - c.tax), (c.tax_balance_id, c.tax)
) AS e (balance_id, amount)
WHERE e.balance_id IS NOT NULL
UNION ALL
SELECT t.tenant_id, t.created_at, 'ledger_transfer', e.balance_id, e.amount, t.currency
FROM ledger_transfer AS t
CROSS JOIN LATERAL (VALUES (t.debit_balance_id, -t.amount), (t.credit_balance_id, t.amount)) AS e (balance_id, amount);
