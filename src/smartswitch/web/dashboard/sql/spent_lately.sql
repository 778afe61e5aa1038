-- spent_lately: what calls took from one balance since a moment. balance, dealer: ids; since.
SELECT COALESCE(sum(c.amount), 0)::bigint AS amount
FROM charge AS c
WHERE c.dealer_id = %(dealer)s AND c.debit_balance_id = %(balance)s AND c.created_at >= %(since)s
