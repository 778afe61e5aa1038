-- write_outcome: what came of an attempt. $1: id of the delivery; $2: its status now; $3: seconds to the next attempt;
-- $4: the HTTP status, or null; $5: the beginning of the answer, or what went wrong.
UPDATE webhook_delivery
SET status = $2, next_attempt_at = now() + make_interval(secs => $3), response_status = $4, response_text = $5,
    delivered_at = CASE WHEN $2 = 'delivered' THEN now() END
WHERE id = $1
