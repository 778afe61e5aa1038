-- calls_by_dealer: the newest legs of each dealer of a house, and of those the newest. It never looks at calls of others, so
-- that a house with few calls among many has them at once.
SELECT k.*
FROM house
CROSS JOIN LATERAL (
    SELECT c.*
    FROM cdr AS c
    WHERE c.dealer_id = house.id AND c.dealer_ids @> ARRAY[%(dealer)s]::bigint[]
      AND c.created_at >= %(since)s AND c.created_at <= %(before)s
      AND (c.created_at, c.call_id, c.leg) < (%(before)s, %(before_call)s, %(before_leg)s)
      /* conditions */
    ORDER BY c.created_at DESC, c.call_id DESC, c.leg DESC
    LIMIT %(most)s
) AS k
ORDER BY k.created_at DESC, k.call_id DESC, k.leg DESC
LIMIT %(most)s
