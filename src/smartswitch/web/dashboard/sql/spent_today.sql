-- spent_today: what a customer paid within a day, in each currency, with tax; he sells nothing.
-- dealer: id of the dealer that serves him; since, until: the day.
SELECT h.currency, 0::bigint AS sold, sum(h.amount)::bigint AS paid
FROM charge AS h
WHERE h.created_at >= %(since)s AND h.created_at < %(until)s AND h.dealer_id = %(dealer)s
  AND h.level = 0 AND h.debit_balance_id = ANY ((SELECT party_balances())::bigint[])
GROUP BY h.currency
ORDER BY h.currency
