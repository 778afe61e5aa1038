-- house_of_company: the dealer of a company, if it belongs to the house of another. dealer: id of that; scope: id of a
-- dealer of the house whom it must belong to as well; company: id.
SELECT m.dealer_id AS id
FROM company AS m
JOIN dealer AS d ON d.id = m.dealer_id
WHERE m.id = %(company)s AND d.path @> ARRAY[%(dealer)s, %(scope)s]::bigint[]
