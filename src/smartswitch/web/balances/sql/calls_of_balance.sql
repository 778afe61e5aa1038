-- calls_of_balance: what calls took from one balance, by the day in a zone.
-- balance, dealer: ids (the dealer's finds the charges by index); since; zone: name of the time zone.
SELECT (c.created_at AT TIME ZONE %(zone)s)::date AS day, count(*)::int AS calls, sum(c.billed_s)::bigint AS seconds,
       sum(c.amount)::bigint AS amount
FROM charge AS c
WHERE c.dealer_id = %(dealer)s AND c.debit_balance_id = %(balance)s AND c.created_at >= %(since)s
GROUP BY 1
ORDER BY 1 DESC
