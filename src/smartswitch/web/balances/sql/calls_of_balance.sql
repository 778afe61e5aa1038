-- calls_of_balance: what calls took from one balance, by the day in a zone. The day in a zone is worked out for each quarter of
-- an hour, not for each call.
-- balance, dealer: ids (the dealer's finds the charges by index); since; zone: name of the time zone.
SELECT (q.quarter AT TIME ZONE %(zone)s)::date AS day, sum(q.calls)::int AS calls, sum(q.seconds)::bigint AS seconds,
       sum(q.amount)::bigint AS amount
FROM (
    SELECT date_bin('15 minutes', c.created_at, 'epoch') AS quarter, count(*) AS calls, sum(c.billed_s) AS seconds,
           sum(c.amount) AS amount
    FROM charge AS c
    WHERE c.dealer_id = %(dealer)s AND c.debit_balance_id = %(balance)s AND c.created_at >= %(since)s
    GROUP BY 1
) AS q
GROUP BY 1
ORDER BY 1 DESC
