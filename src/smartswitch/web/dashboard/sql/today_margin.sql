-- today_margin: what a dealer sold and what he paid within a day, in each currency, without tax. For the owner, what he
-- paid are the costs of terminators (level 99).
-- dealer: id; balance: his balance; since, until: the day.
SELECT h.currency,
       COALESCE(sum(h.amount - h.tax) FILTER (WHERE h.seller_dealer_id = %(dealer)s AND h.level < 99), 0)::bigint AS sold,
       COALESCE(sum(h.amount - h.tax) FILTER (WHERE h.level = 99 OR h.debit_balance_id = %(balance)s), 0)::bigint AS paid
FROM charge AS h
WHERE h.created_at >= %(since)s AND h.created_at < %(until)s
  AND h.dealer_id IN (SELECT d.id FROM dealer AS d WHERE d.id = %(dealer)s OR d.parent_id = %(dealer)s)
GROUP BY h.currency
ORDER BY h.currency
