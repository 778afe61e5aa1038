-- calls_by_time: the newest legs by moment, for houses that have a good part of all calls. The planner walks along the
-- moments, or takes the indexes of numbers where those that match are few.
SELECT c.*
FROM cdr AS c
WHERE c.dealer_ids @> ARRAY[%(dealer)s]::bigint[]
  AND c.created_at >= %(since)s AND c.created_at <= %(before)s
  AND (c.created_at, c.call_id, c.leg) < (%(before)s, %(before_call)s, %(before_leg)s)
  /* conditions */
ORDER BY c.created_at DESC, c.call_id DESC, c.leg DESC
LIMIT %(most)s
