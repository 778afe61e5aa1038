-- read_statistics: what each terminator did with the calls to the outside that began in a window of time and are over.
-- $1, $2 timestamptz the window, from and before; $3 bigint how many calls are looked at, the newest first. Only the months
-- and rows of the window are read. A call that was closed without its attempts (its node fell silent) counts as one.
WITH recent AS (
    SELECT c.attempts, c.terminator, c.sip_status, c.duration_ms
    FROM cdr AS c
    WHERE c.created_at >= $1 AND c.created_at < $2 AND c.direction = 'outbound' AND c.result <> 'refused'
    ORDER BY c.created_at DESC
    LIMIT $3
), attempt AS (
    SELECT a.value ->> 0 AS terminator, (a.value ->> 1)::integer BETWEEN 200 AND 299 AS is_answered, r.duration_ms
    FROM recent AS r
    CROSS JOIN LATERAL jsonb_array_elements(
        CASE WHEN r.attempts = '[]' AND r.terminator IS NOT NULL
             THEN jsonb_build_array(jsonb_build_array(r.terminator, r.sip_status)) ELSE r.attempts END
    ) AS a (value)
)
SELECT t.peer_id, count(*) AS attempts, count(*) FILTER (WHERE a.is_answered) AS answered,
       COALESCE(sum(a.duration_ms) FILTER (WHERE a.is_answered), 0)::bigint AS talked_ms
FROM attempt AS a
JOIN peer AS p ON p.key = a.terminator
JOIN terminator AS t ON t.peer_id = p.id
GROUP BY t.peer_id
