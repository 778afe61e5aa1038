-- party_balances_by_name: as party_balances, in the order of names. Balances are looked up for the parties of the page only,
-- which is what makes it quick among many.
-- dealer: id; words: what key or name contains, as a pattern of LIKE; most, skipped: the page.
WITH party AS MATERIALIZED (
    SELECT 'dealer' AS kind, d.id, d.key, d.name, d.is_blocked, d.balance_id
    FROM dealer AS d
    WHERE d.parent_id = %(dealer)s AND (d.key ILIKE %(words)s OR d.name ILIKE %(words)s)
    UNION ALL
    SELECT 'company', c.id, c.key, c.name, c.is_blocked, c.balance_id
    FROM company AS c
    WHERE c.dealer_id = %(dealer)s AND (c.key ILIKE %(words)s OR c.name ILIKE %(words)s)
    UNION ALL
    SELECT p.kind, p.id, p.key, p.name, p.is_blocked, p.balance_id
    FROM peer AS p
    WHERE p.dealer_id = %(dealer)s AND p.kind <> 'terminator' AND p.pays_from = 'peer'
      AND (p.key ILIKE %(words)s OR p.name ILIKE %(words)s)
), page AS (
    SELECT *, lower(COALESCE(nullif(name, ''), key)) AS place
    FROM party
    ORDER BY place, key
    LIMIT %(most)s OFFSET %(skipped)s
)
SELECT b.id AS balance_id, page.id AS party_id, page.kind, page.key, nullif(page.name, '') AS name, page.is_blocked, b.currency, b.amount, b.held, b.credit_limit,
       b.amount + b.credit_limit - b.held AS available, b.live_calls, b.call_limit, (SELECT count(*) FROM party) AS total
FROM page
JOIN balance AS b ON b.id = page.balance_id
ORDER BY page.place, page.key
