-- read_money: what each party has whose calls money can limit: not the owner, not terminators.
SELECT b.party, b.amount, b.held
FROM balance AS b
LEFT JOIN dealer AS d ON d.balance_id = b.id
WHERE b.kind IN ('peer', 'company', 'dealer') AND (d.id IS NULL OR d.parent_id IS NOT NULL)
  AND NOT EXISTS (SELECT FROM peer AS p WHERE p.balance_id = b.id AND p.kind = 'terminator')
ORDER BY b.id
