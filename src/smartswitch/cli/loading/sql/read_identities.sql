-- read_identities: what a load may not change of things that exist: whose they are, their currency, their kind.
-- $1 text[] keys. Returns noun, key, above (the dealer's key), currency ('' where there is none), kind ('' likewise).
SELECT 'dealer' AS noun, d.key, COALESCE(p.key, '') AS above, b.currency, '' AS kind
FROM dealer AS d
JOIN balance AS b ON b.id = d.balance_id
LEFT JOIN dealer AS p ON p.id = d.parent_id
WHERE d.key = ANY($1)
UNION ALL
SELECT 'company', c.key, d.key, b.currency, ''
FROM company AS c
JOIN balance AS b ON b.id = c.balance_id
JOIN dealer AS d ON d.id = c.dealer_id
WHERE c.key = ANY($1)
UNION ALL
SELECT 'peer', p.key, d.key, b.currency, p.kind
FROM peer AS p
JOIN balance AS b ON b.id = p.balance_id
JOIN dealer AS d ON d.id = p.dealer_id
WHERE p.key = ANY($1)
UNION ALL
SELECT 'pack', k.key, d.key, k.currency, ''
FROM billing_pack AS k
JOIN dealer AS d ON d.id = k.dealer_id
WHERE k.key = ANY($1)
UNION ALL
SELECT 'route_class', r.key, d.key, '', ''
FROM route_class AS r
JOIN dealer AS d ON d.id = r.dealer_id
WHERE r.key = ANY($1)
UNION ALL
SELECT 'hunting_class', h.key, d.key, '', ''
FROM hunting_class AS h
JOIN dealer AS d ON d.id = h.dealer_id
WHERE h.key = ANY($1)
