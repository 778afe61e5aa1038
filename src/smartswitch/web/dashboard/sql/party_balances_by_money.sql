-- party_balances_by_money: as party_balances without words, in an order that balances know by themselves. They are sorted first;
-- then parties are looked up one after another until the page is full. (A peer whose company pays has a balance, too, but
-- is no party.) A balance knows the key of its party. What is lateral can only be looked up row by row, so the order stays.
-- dealer: id; most, skipped: the page; counted: of each kind no more than so many are counted.
WITH sorted AS (
    SELECT v.*
    FROM (
        SELECT b.id, b.kind, b.party AS key, b.currency, b.amount, b.held, b.credit_limit,
               b.amount + b.credit_limit - b.held AS available, b.live_calls, b.call_limit
        FROM balance AS b
        WHERE b.dealer_id = %(dealer)s AND b.kind IN ('company', 'peer')
        UNION ALL
        SELECT b.id, b.kind, b.party, b.currency, b.amount, b.held, b.credit_limit,
               b.amount + b.credit_limit - b.held, b.live_calls, b.call_limit
        FROM dealer AS d JOIN balance AS b ON b.id = d.balance_id
        WHERE d.parent_id = %(dealer)s
    ) AS v
    ORDER BY /* order */
    OFFSET 0
), counted AS (
    SELECT (SELECT count(*) FROM (SELECT FROM dealer AS d WHERE d.parent_id = %(dealer)s LIMIT %(counted)s))
         + (SELECT count(*) FROM (SELECT FROM company AS c WHERE c.dealer_id = %(dealer)s LIMIT %(counted)s))
         + (SELECT count(*) FROM (
                SELECT FROM peer AS p
                WHERE p.dealer_id = %(dealer)s AND p.kind <> 'terminator' AND p.pays_from = 'peer' LIMIT %(counted)s)) AS total
)
SELECT v.id AS balance_id, party.id AS party_id, party.kind, v.key, nullif(party.name, '') AS name, party.is_blocked, v.currency,
       v.amount, v.held, v.credit_limit, v.available, v.live_calls, v.call_limit, (SELECT total FROM counted) AS total
FROM sorted AS v
CROSS JOIN LATERAL (
    SELECT d.id, 'dealer' AS kind, d.name, d.is_blocked FROM dealer AS d WHERE v.kind = 'dealer' AND d.balance_id = v.id
    UNION ALL
    SELECT c.id, 'company', c.name, c.is_blocked FROM company AS c WHERE v.kind = 'company' AND c.balance_id = v.id
    UNION ALL
    SELECT p.id, p.kind, p.name, p.is_blocked FROM peer AS p
    WHERE v.kind = 'peer' AND p.balance_id = v.id AND p.kind <> 'terminator' AND p.pays_from = 'peer'
) AS party
LIMIT %(most)s OFFSET %(skipped)s
