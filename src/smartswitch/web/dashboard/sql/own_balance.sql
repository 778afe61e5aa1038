-- own_balance: the balance of a dealer. balance: id; dealer: id.
SELECT b.currency, b.amount, b.held, b.credit_limit, 1 AS parties
FROM balance AS b
WHERE b.id = %(balance)s AND b.dealer_id = %(dealer)s
