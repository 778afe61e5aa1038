-- house_of_dealer: a dealer and all below it, if it is of the house of another. dealer: id of that; scope: id.
SELECT d.id
FROM dealer AS s
JOIN dealer AS d ON d.path @> ARRAY[%(scope)s]::bigint[]
WHERE s.id = %(scope)s AND s.path @> ARRAY[%(dealer)s]::bigint[]
