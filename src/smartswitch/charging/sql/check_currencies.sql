-- check_currencies: per currency, the sum of all entries on the balances of that currency, which must be 0; and entries
-- on a balance that does not exist (currency null).
SELECT b.currency, sum(e.amount) AS total, count(*) AS entries
FROM ledger_entry AS e
LEFT JOIN balance AS b ON b.id = e.balance_id
GROUP BY b.currency
HAVING b.currency IS NULL OR sum(e.amount) <> 0
