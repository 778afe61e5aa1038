-- party_balances_by_name: as party_balances, in the order of names. Of each kind only as many are read as the page can need, in
-- the order of an index (search/sql/party_names.sql), and balances are looked up for the page only.
-- dealer: id; words: what key or name contains, as a pattern of LIKE; most, skipped: the page; counted: of each kind no more
-- than so many are counted.
WITH page AS MATERIALIZED (
    (SELECT 'dealer' AS kind, d.id, d.key, d.name, d.is_blocked, d.balance_id,
            lower(left(COALESCE(nullif(d.name, ''), d.key), 100)) AS place
     FROM dealer AS d
     WHERE d.parent_id = %(dealer)s AND (d.key ILIKE %(words)s OR d.name ILIKE %(words)s))
    UNION ALL
    (SELECT 'company', c.id, c.key, c.name, c.is_blocked, c.balance_id,
            lower(left(COALESCE(nullif(c.name, ''), c.key), 100)) AS place
     FROM company AS c
     WHERE c.dealer_id = %(dealer)s AND (c.key ILIKE %(words)s OR c.name ILIKE %(words)s)
     ORDER BY place, c.key
     LIMIT %(most)s + %(skipped)s)
    UNION ALL
    (SELECT p.kind, p.id, p.key, p.name, p.is_blocked, p.balance_id,
            lower(left(COALESCE(nullif(p.name, ''), p.key), 100)) AS place
     FROM peer AS p
     WHERE p.dealer_id = %(dealer)s AND p.kind <> 'terminator' AND p.pays_from = 'peer'
       AND (p.key ILIKE %(words)s OR p.name ILIKE %(words)s)
     ORDER BY place, p.key
     LIMIT %(most)s + %(skipped)s)
    ORDER BY place, key
    LIMIT %(most)s OFFSET %(skipped)s
), counted AS (
    SELECT (SELECT count(*) FROM (
                SELECT FROM dealer AS d
                WHERE d.parent_id = %(dealer)s AND (d.key ILIKE %(words)s OR d.name ILIKE %(words)s) LIMIT %(counted)s))
         + (SELECT count(*) FROM (
                SELECT FROM company AS c
                WHERE c.dealer_id = %(dealer)s AND (c.key ILIKE %(words)s OR c.name ILIKE %(words)s) LIMIT %(counted)s))
         + (SELECT count(*) FROM (
                SELECT FROM peer AS p
                WHERE p.dealer_id = %(dealer)s AND p.kind <> 'terminator' AND p.pays_from = 'peer'
                  AND (p.key ILIKE %(words)s OR p.name ILIKE %(words)s) LIMIT %(counted)s)) AS total
)
SELECT b.id AS balance_id, page.id AS party_id, page.kind, page.key, nullif(page.name, '') AS name, page.is_blocked, b.currency,
       b.amount, b.held, b.credit_limit, b.amount + b.credit_limit - b.held AS available, b.live_calls, b.call_limit,
       (SELECT total FROM counted) AS total
FROM page
JOIN balance AS b ON b.id = page.balance_id
ORDER BY page.place, page.key
