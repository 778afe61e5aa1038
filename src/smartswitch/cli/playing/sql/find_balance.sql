-- find_balance: the balance of a dealer, company or peer. $1 text key.
SELECT id FROM balance WHERE party = $1 AND kind IN ('dealer', 'company', 'peer') ORDER BY id LIMIT 1
