-- house_of_dealer: a dealer and all below it, if it belongs to the house of another. dealer: id of that; scope: id.
SELECT d.id FROM dealer AS d WHERE d.path @> ARRAY[%(scope)s, %(dealer)s]::bigint[]
