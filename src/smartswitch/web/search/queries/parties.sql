-- parties: companies and peers of a dealer's house that a text means, the best of each kind first.
-- dealer: id; looked_for: the text in small letters; words: a tsquery or null; address: or null; most: of each kind.
WITH found AS MATERIALIZED (
    SELECT f.noun, f.id, min(f.rank) AS rank
    FROM search_parties(%(looked_for)s, %(words)s::tsquery, %(address)s::inet, %(most)s) AS f
    GROUP BY f.noun, f.id
)
SELECT f.noun, f.rank, c.id, c.key, c.name, '' AS kind, NULL AS company, d.key AS dealer, d.name AS dealer_name
FROM found AS f
JOIN company AS c ON f.noun = 'company' AND c.id = f.id
JOIN dealer AS d ON d.id = c.dealer_id AND d.path @> ARRAY[%(dealer)s]::bigint[]
UNION ALL
SELECT f.noun, f.rank, p.id, p.key, p.name, p.kind, COALESCE(nullif(c.name, ''), c.key), d.key, d.name
FROM found AS f
JOIN peer AS p ON f.noun = 'peer' AND p.id = f.id
JOIN dealer AS d ON d.id = p.dealer_id AND d.path @> ARRAY[%(dealer)s]::bigint[]
LEFT JOIN company AS c ON c.id = p.company_id
ORDER BY 1, 2, 4
