-- house_of_peer: the dealer of a peer, if it belongs to the house of another. dealer: id of that; scope: id of a dealer of the
-- house whom it must belong to as well; peer: id.
SELECT p.dealer_id AS id
FROM peer AS p
JOIN dealer AS d ON d.id = p.dealer_id
WHERE p.id = %(peer)s AND d.path @> ARRAY[%(dealer)s, %(scope)s]::bigint[]
