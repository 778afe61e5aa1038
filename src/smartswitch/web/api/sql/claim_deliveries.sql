-- claim_deliveries: deliveries whose time has come, each given to one worker for a while: if he dies, it is due again.
-- $1: how many; $2: how many of one webhook, so that a slow address does not hold up the others; $3: the while (s).
WITH due AS (
    SELECT d.id, row_number() OVER (PARTITION BY d.webhook_id ORDER BY d.next_attempt_at, d.id) AS place
    FROM webhook_delivery AS d
    JOIN webhook AS w ON w.id = d.webhook_id AND w.is_active
    WHERE d.status = 'waiting' AND d.next_attempt_at <= now()
), chosen AS (
    SELECT d.id FROM webhook_delivery AS d
    WHERE d.id IN (SELECT due.id FROM due WHERE due.place <= $2 ORDER BY due.id LIMIT $1)
      AND d.status = 'waiting' AND d.next_attempt_at <= now()
    FOR UPDATE SKIP LOCKED
)
UPDATE webhook_delivery AS d
SET attempts = d.attempts + 1, next_attempt_at = now() + make_interval(secs => $3)
FROM chosen, webhook AS w
WHERE d.id = chosen.id AND w.id = d.webhook_id
RETURNING d.id, d.event, d.payload, d.attempts, d.created_at, w.url, w.secret_encrypted
