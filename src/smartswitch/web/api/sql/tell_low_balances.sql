-- tell_low_balances: deliveries of balance.low for balances that have fallen to a webhook's threshold; forgets those that
-- have risen again. The worker. $1: how many at most. Returns how many were told.
-- What counts is the amount and the credit, without what is held for calls: that comes and goes.
WITH watched AS (
    SELECT w.id AS webhook_id, w.low_balance_threshold AS threshold, b.id AS balance_id, b.kind, b.party, b.currency, b.amount,
           b.credit_limit
    FROM webhook AS w
    JOIN balance AS b ON b.kind IN ('peer', 'company', 'dealer') AND b.credit_limit IS NOT NULL
     AND (b.dealer_id = w.dealer_id
          OR b.kind = 'dealer' AND b.dealer_id IN (SELECT d.id FROM dealer AS d WHERE d.parent_id = w.dealer_id))
    WHERE w.is_active AND 'balance.low' = ANY (w.events)
), risen AS (
    DELETE FROM webhook_low_balance AS l USING watched AS w
    WHERE l.webhook_id = w.webhook_id AND l.balance_id = w.balance_id AND w.amount + w.credit_limit > w.threshold
), fallen AS (
    INSERT INTO webhook_low_balance (webhook_id, balance_id)
    SELECT w.webhook_id, w.balance_id FROM watched AS w
    WHERE w.amount + w.credit_limit <= w.threshold
      AND NOT EXISTS (SELECT FROM webhook_low_balance AS l WHERE l.webhook_id = w.webhook_id AND l.balance_id = w.balance_id)
    ORDER BY w.webhook_id, w.balance_id
    LIMIT $1
    ON CONFLICT DO NOTHING
    RETURNING webhook_id, balance_id, since
), told AS (
    INSERT INTO webhook_delivery (webhook_id, event, subject, payload)
    SELECT f.webhook_id, 'balance.low', format('%s@%s', f.balance_id, extract(epoch FROM f.since)),
           json_build_object(
               'kind', w.kind, 'party', w.party, 'currency', w.currency, 'amount', round(w.amount / 1000000.0, 6)::text,
               'credit_limit', round(w.credit_limit / 1000000.0, 6)::text,
               'threshold', round(w.threshold / 1000000.0, 6)::text)::text
    FROM fallen AS f
    JOIN watched AS w ON w.webhook_id = f.webhook_id AND w.balance_id = f.balance_id
    RETURNING 1
)
SELECT count(*) FROM told
