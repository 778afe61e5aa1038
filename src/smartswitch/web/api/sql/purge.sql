-- purge: forget old answers to writes, and old deliveries. $1: how long answers are kept; $2: how long deliveries are.
-- Returns how many of each are gone.
WITH answers AS (
    DELETE FROM idempotency_key WHERE created_at < now() - $1::interval RETURNING 1
), deliveries AS (
    DELETE FROM webhook_delivery WHERE created_at < now() - $2::interval RETURNING 1
)
SELECT (SELECT count(*) FROM answers) AS answers, (SELECT count(*) FROM deliveries) AS deliveries
