-- find_payable: the balances into which money for a party may be paid. $1 text key.
SELECT id, kind, trim(currency) AS currency, amount, held, credit_limit
FROM balance
WHERE party = $1 AND kind IN ('dealer', 'company', 'peer')
ORDER BY kind
