-- write_transfer: one row of the ledger that is not a charge.
INSERT INTO ledger_transfer (id, tenant_id, created_at, kind, debit_balance_id, credit_balance_id, amount, currency,
                             actor, note)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
