-- calls_by_hour: the calls of a dealer's house that began within a span, by the hour in his zone. A call counts once, however
-- many legs it has; they all have its moment, and by moment and call the legs come from the index in order. Up to `rolled`
-- the worker has added them up by the quarter of an hour (calls/sql/quarters.sql); the later ones are read as they are.
-- The hour in a zone is worked out for each quarter, not for each call.
-- dealer: id; since, rolled, until: the span, and up to where it is added up; zone: name of the time zone.
WITH call AS (
    SELECT c.created_at AS began_at, bool_or(c.result = 'answered') AS is_answered, max(c.duration_ms) AS duration_ms
    FROM cdr AS c
    WHERE c.created_at >= %(rolled)s AND c.created_at < %(until)s AND %(dealer)s = ANY (c.dealer_ids)
      /* party */
    GROUP BY c.created_at, c.call_id
), quarter AS (
    SELECT date_bin('15 minutes', began_at, 'epoch') AS began_at, count(*) AS calls,
           count(*) FILTER (WHERE is_answered) AS answered, sum(duration_ms) AS duration_ms
    FROM call
    GROUP BY 1
    UNION ALL
    SELECT q.quarter, q.calls, q.answered, q.duration_ms
    FROM calls_of_quarter AS q
    WHERE q.dealer_id = %(dealer)s AND q.quarter >= %(since)s AND q.quarter < %(rolled)s
)
SELECT extract(hour FROM began_at AT TIME ZONE %(zone)s)::int AS hour, sum(calls)::bigint AS calls,
       sum(answered)::bigint AS answered, sum(duration_ms)::bigint AS duration_ms
FROM quarter
GROUP BY 1
ORDER BY 1
