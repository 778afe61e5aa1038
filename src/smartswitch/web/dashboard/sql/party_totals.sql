-- party_totals: what a dealer's direct parties have on their balances, in each currency. dealer: id. An unlimited credit is
-- not counted as one.
SELECT b.currency, sum(b.amount)::bigint AS amount, sum(b.held)::bigint AS held, sum(b.credit_limit)::bigint AS credit_limit,
       count(*) AS parties
FROM (
    SELECT d.balance_id FROM dealer AS d WHERE d.parent_id = %(dealer)s
    UNION ALL
    SELECT c.balance_id FROM company AS c WHERE c.dealer_id = %(dealer)s
    UNION ALL
    SELECT p.balance_id FROM peer AS p WHERE p.dealer_id = %(dealer)s AND p.kind <> 'terminator' AND p.pays_from = 'peer'
) AS party
JOIN balance AS b ON b.id = party.balance_id
GROUP BY b.currency
ORDER BY b.currency
