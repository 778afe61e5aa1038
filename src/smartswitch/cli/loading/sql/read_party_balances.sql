-- read_party_balances: balances of parties, under lock. $1 jsonb rows (kind, party). In id order, as everybody locks them.
SELECT b.id, b.kind, b.party, b.amount, b.held, b.credit_limit, b.call_limit
FROM balance AS b
WHERE (b.kind, b.party) IN (SELECT v.kind, v.party FROM jsonb_to_recordset($1::jsonb) AS v(kind text, party text))
ORDER BY b.id
FOR NO KEY UPDATE OF b
