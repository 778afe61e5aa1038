-- dids: phone numbers of a dealer's house that begin with some digits, the shortest first.
-- dealer: id; digits; digits_end: the first text after all that begin with them; most: how many.
SELECT n.id, n.number, p.key AS peer, p.name AS peer_name, d.key AS dealer, d.name AS dealer_name
FROM did AS n
JOIN dealer AS d ON d.id = n.dealer_id AND d.path @> ARRAY[%(dealer)s]::bigint[]
JOIN peer AS p ON p.id = n.peer_id
WHERE n.number ~>=~ %(digits)s AND n.number ~<~ %(digits_end)s
ORDER BY n.number USING ~<~
LIMIT %(most)s
