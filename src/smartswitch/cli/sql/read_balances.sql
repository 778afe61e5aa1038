-- read_balances: the balances of parties, by the tree. $1 text key of a party, or null for all.
SELECT b.id, b.kind, b.party, d.key AS dealer, trim(b.currency) AS currency, b.amount, b.held, b.credit_limit,
       b.call_limit, b.live_calls,
       CASE b.kind WHEN 'dealer' THEN d.is_blocked
                   WHEN 'company' THEN c.is_blocked
                   ELSE p.is_blocked END AS is_blocked,
       COALESCE(p.kind, b.kind) AS party_kind
FROM balance AS b
JOIN dealer AS d ON d.id = b.dealer_id
LEFT JOIN peer AS p ON p.balance_id = b.id
LEFT JOIN company AS c ON c.balance_id = b.id
WHERE b.kind IN ('dealer', 'company', 'peer') AND ($1::text IS NULL OR b.party = $1)
ORDER BY d.path, b.kind = 'dealer' DESC, b.kind, b.party
LIMIT $2
