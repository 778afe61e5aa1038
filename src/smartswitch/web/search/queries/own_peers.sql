-- own_peers: the phones and lines of a customer that a text means; row-level security leaves nothing but his own.
-- dealer: id; looked_for: the text in small letters; words: a tsquery or null; most: how many.
SELECT 'peer' AS noun, CASE WHEN lower(p.key) = %(looked_for)s THEN 0 WHEN lower(p.key) ^@ %(looked_for)s THEN 1 ELSE 2 END AS rank,
       p.id, p.key, p.name, p.kind, COALESCE(nullif(c.name, ''), c.key) AS company, d.key AS dealer, d.name AS dealer_name
FROM peer AS p
JOIN dealer AS d ON d.id = p.dealer_id AND d.id = %(dealer)s
LEFT JOIN company AS c ON c.id = p.company_id
WHERE (p.company_id = %(company)s OR p.id = %(peer)s)
  AND (lower(p.key) ^@ %(looked_for)s OR lower(p.name) ^@ %(looked_for)s
       OR words_of(p.key || ' ' || COALESCE(p.auth_username, '') || ' ' || COALESCE(p.extension, '') || ' '
                   || COALESCE(p.caller_number, '') || ' ' || p.name) @@ %(words)s::tsquery)
ORDER BY 2, p.key
LIMIT %(most)s
