-- tell_ended_calls: deliveries of call.ended for legs that ended and were not told yet. The worker.
-- $1: ended after this (ms); $2: begun after this; $3: how many at most. Returns how many there were.
-- No reason of a refusal and no terminator: a webhook belongs to a dealer, who may not know what happened above him.
WITH ended AS (
    SELECT w.id AS webhook_id, format('%s.%s', c.call_id, c.leg) AS subject, c.call_id, c.leg, c.direction, c.caller, c.called,
           c.result, c.answered_at_ms, c.ended_at_ms, c.duration_ms, c.billed_s, c.dealer_id, c.peer_id
    FROM cdr AS c
    JOIN webhook AS w ON w.is_active AND 'call.ended' = ANY (w.events) AND c.dealer_ids @> ARRAY[w.dealer_id]
    WHERE c.ended_at_ms > $1 AND c.created_at >= $2
      AND c.ended_at_ms >= extract(epoch FROM w.created_at) * 1000
      AND NOT EXISTS (SELECT FROM webhook_delivery AS t WHERE t.webhook_id = w.id AND t.event = 'call.ended'
                        AND t.subject = format('%s.%s', c.call_id, c.leg))
    ORDER BY c.ended_at_ms
    LIMIT $3
), told AS (
    INSERT INTO webhook_delivery (webhook_id, event, subject, payload)
    SELECT e.webhook_id, 'call.ended', e.subject,
           json_build_object(
               'call_id', e.call_id, 'leg', e.leg, 'direction', e.direction, 'caller', e.caller, 'called', e.called,
               'result', e.result, 'answered_at',
               to_char(to_timestamp(e.answered_at_ms / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
               'ended_at', to_char(to_timestamp(e.ended_at_ms / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
               'duration_ms', e.duration_ms, 'billed_s', e.billed_s, 'dealer', d.key, 'peer', p.key)::text
    FROM ended AS e
    JOIN dealer AS d ON d.id = e.dealer_id
    LEFT JOIN peer AS p ON p.id = e.peer_id
    ON CONFLICT (webhook_id, event, subject) DO NOTHING
    RETURNING 1
)
SELECT count(*) FROM told
