-- house_of_peer: the dealer of a peer, if it belongs to a dealer of the house of another. dealer: id of that; scope: id of a
-- dealer of the house; peer: id.
SELECT p.dealer_id AS id
FROM peer AS p
JOIN dealer AS d ON d.id = p.dealer_id AND d.path @> ARRAY[%(scope)s]::bigint[]
JOIN dealer AS s ON s.id = %(scope)s AND s.path @> ARRAY[%(dealer)s]::bigint[]
WHERE p.id = %(peer)s
