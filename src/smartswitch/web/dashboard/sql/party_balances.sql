-- party_balances: the balances of a dealer's direct parties: the dealers, companies and paying peers that he sells to.
-- dealer: id; words: what key or name contains, as a pattern of LIKE; most, skipped: the page.
SELECT b.id AS balance_id, party.id AS party_id, party.kind, party.key, nullif(party.name, '') AS name, party.is_blocked, b.currency, b.amount, b.held, b.credit_limit,
       b.amount + b.credit_limit - b.held AS available, b.live_calls, b.call_limit, count(*) OVER () AS total
FROM (
    SELECT 'dealer' AS kind, d.id, d.key, d.name, d.is_blocked, d.balance_id FROM dealer AS d WHERE d.parent_id = %(dealer)s
    UNION ALL
    SELECT 'company', c.id, c.key, c.name, c.is_blocked, c.balance_id FROM company AS c WHERE c.dealer_id = %(dealer)s
    UNION ALL
    SELECT p.kind, p.id, p.key, p.name, p.is_blocked, p.balance_id
    FROM peer AS p
    WHERE p.dealer_id = %(dealer)s AND p.kind <> 'terminator' AND p.pays_from = 'peer'
) AS party
JOIN balance AS b ON b.id = party.balance_id
WHERE party.key ILIKE %(words)s OR party.name ILIKE %(words)s
ORDER BY /* order */
LIMIT %(most)s OFFSET %(skipped)s
