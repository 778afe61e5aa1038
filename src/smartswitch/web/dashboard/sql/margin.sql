-- margin: what a dealer sold and what he paid within a span, in each currency, without tax. For the owner, what he paid are the
-- costs of terminators (level 99). Up to `rolled` it is added up by quarters of an hour, as in calls_by_hour.
-- dealer: id; balance: his balance; since, rolled, until: the span, and up to where it is added up.
SELECT v.currency, sum(v.sold)::bigint AS sold, sum(v.paid)::bigint AS paid
FROM (
    SELECT h.currency,
           CASE WHEN h.seller_dealer_id = %(dealer)s AND h.level < 99 THEN h.amount - h.tax ELSE 0 END AS sold,
           CASE WHEN h.level = 99 OR h.debit_balance_id = %(balance)s THEN h.amount - h.tax ELSE 0 END AS paid
    FROM charge AS h
    WHERE h.created_at >= %(rolled)s AND h.created_at < %(until)s
      AND h.dealer_id IN (SELECT d.id FROM dealer AS d WHERE d.id = %(dealer)s OR d.parent_id = %(dealer)s)
    UNION ALL
    SELECT q.currency, q.sold, q.paid
    FROM money_of_quarter AS q
    WHERE q.dealer_id = %(dealer)s AND q.quarter >= %(since)s AND q.quarter < %(rolled)s
) AS v
GROUP BY v.currency
ORDER BY v.currency
