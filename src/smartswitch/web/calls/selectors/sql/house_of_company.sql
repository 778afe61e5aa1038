-- house_of_company: the dealer of a company, if it belongs to a dealer of the house of another. dealer: id of that; scope: id
-- of a dealer of the house; company: id.
SELECT m.dealer_id AS id
FROM company AS m
JOIN dealer AS d ON d.id = m.dealer_id AND d.path @> ARRAY[%(scope)s]::bigint[]
JOIN dealer AS s ON s.id = %(scope)s AND s.path @> ARRAY[%(dealer)s]::bigint[]
WHERE m.id = %(company)s
