-- transfers_of_balance: the newest transfers of one balance, seen from it: what it got, or gave (negative).
-- balance: id; most: how many. Two index scans, merged.
(SELECT t.created_at, t.kind, -t.amount AS amount, t.actor, t.note, t.credit_balance_id AS other_balance_id
 FROM ledger_transfer AS t WHERE t.debit_balance_id = %(balance)s ORDER BY t.created_at DESC LIMIT %(most)s)
UNION ALL
(SELECT t.created_at, t.kind, t.amount, t.actor, t.note, t.debit_balance_id
 FROM ledger_transfer AS t WHERE t.credit_balance_id = %(balance)s ORDER BY t.created_at DESC LIMIT %(most)s)
ORDER BY created_at DESC
LIMIT %(most)s
