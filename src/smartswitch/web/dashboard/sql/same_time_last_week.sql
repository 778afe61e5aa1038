-- same_time_last_week: the calls of a dealer's house in a span, counted once each, to compare today with.
-- dealer: id; since, until: the span.
SELECT count(*) AS calls, count(*) FILTER (WHERE v.is_answered) AS answered,
       COALESCE(sum(v.duration_ms), 0)::bigint AS duration_ms
FROM (
    SELECT bool_or(c.result = 'answered') AS is_answered, max(c.duration_ms) AS duration_ms
    FROM cdr AS c
    WHERE c.created_at >= %(since)s AND c.created_at < %(until)s AND c.dealer_ids @> ARRAY[%(dealer)s]::bigint[]
      /* party */
    GROUP BY c.call_id
) AS v
