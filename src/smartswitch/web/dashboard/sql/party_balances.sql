-- party_balances: the balances of a dealer's direct parties: the dealers, companies and paying peers that he sells to. Those of
-- companies and peers say themselves whose dealer's they are, so that thousands are read together and not one by one.
-- dealer: id; words: what key or name contains, as a pattern of LIKE; most, skipped: the page.
WITH held AS MATERIALIZED (
    SELECT b.id, b.currency, b.amount, b.held, b.credit_limit, b.live_calls, b.call_limit
    FROM balance AS b
    WHERE b.dealer_id = %(dealer)s AND b.kind IN ('company', 'peer')
)
SELECT v.id AS balance_id, v.party_id, v.kind, v.key, nullif(v.name, '') AS name, v.is_blocked, v.currency, v.amount, v.held,
       v.credit_limit, v.amount + v.credit_limit - v.held AS available, v.live_calls, v.call_limit, count(*) OVER () AS total
FROM (
    SELECT d.id AS party_id, 'dealer' AS kind, d.key, d.name, d.is_blocked,
           b.id, b.currency, b.amount, b.held, b.credit_limit, b.live_calls, b.call_limit
    FROM dealer AS d JOIN balance AS b ON b.id = d.balance_id
    WHERE d.parent_id = %(dealer)s
    UNION ALL
    SELECT c.id, 'company', c.key, c.name, c.is_blocked, held.*
    FROM company AS c JOIN held ON held.id = c.balance_id
    WHERE c.dealer_id = %(dealer)s
    UNION ALL
    SELECT p.id, p.kind, p.key, p.name, p.is_blocked, held.*
    FROM peer AS p JOIN held ON held.id = p.balance_id
    WHERE p.dealer_id = %(dealer)s AND p.kind <> 'terminator' AND p.pays_from = 'peer'
) AS v
WHERE v.key ILIKE %(words)s OR v.name ILIKE %(words)s
ORDER BY /* order */
LIMIT %(most)s OFFSET %(skipped)s
