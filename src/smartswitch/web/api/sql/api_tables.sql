-- Who may do what with the tables of the API; walls between dealers as in rights/row_security.sql; what is audited, and how.
GRANT SELECT, INSERT, UPDATE, DELETE ON api_key, idempotency_key, webhook TO smartswitch_web;
GRANT SELECT, DELETE, UPDATE (status, attempts, next_attempt_at) ON webhook_delivery TO smartswitch_web;
GRANT SELECT, DELETE ON webhook_low_balance TO smartswitch_web;
GRANT SELECT ON webhook TO smartswitch_worker;
GRANT SELECT (id, key, name, parent_id, path) ON dealer TO smartswitch_worker;
GRANT SELECT (id, key) ON peer TO smartswitch_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_delivery, webhook_position, webhook_low_balance TO smartswitch_worker;
GRANT SELECT, DELETE ON idempotency_key TO smartswitch_worker;

DO $$
DECLARE
    target text;
    owned CONSTANT text := 'EXISTS (SELECT FROM dealer AS d WHERE d.id = dealer_id AND d.path @> ARRAY[current_dealer()])';
    of_webhook CONSTANT text := 'EXISTS (SELECT FROM webhook AS w WHERE w.id = webhook_id)';
BEGIN
    FOREACH target IN ARRAY ARRAY['api_key', 'idempotency_key', 'webhook', 'webhook_delivery', 'webhook_low_balance',
                                  'webhook_position'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target);
        EXECUTE format('CREATE POLICY machines ON %I TO smartswitch_worker USING (true) WITH CHECK (true)', target);
        -- Customers have neither keys nor webhooks.
        EXECUTE format('CREATE POLICY party ON %I AS RESTRICTIVE FOR ALL TO smartswitch_web USING ((SELECT acts_for_dealer()))'
                       ' WITH CHECK ((SELECT acts_for_dealer()))', target);
    END LOOP;
    FOREACH target IN ARRAY ARRAY['api_key', 'idempotency_key', 'webhook'] LOOP
        PERFORM allow_web(target, 'ALL', owned);
    END LOOP;
    FOREACH target IN ARRAY ARRAY['webhook_delivery', 'webhook_low_balance'] LOOP
        PERFORM allow_web(target, 'ALL', of_webhook);
    END LOOP;
END $$;

-- audit_visible: a row as the log may show it: whatever is named like a secret is hidden, what triggers compute, calls move,
-- or mere use notes is left out.
CREATE OR REPLACE FUNCTION audit_visible(fields jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    field text;
BEGIN
    FOR field IN SELECT f.key FROM jsonb_each_text(fields) AS f
                 WHERE f.key ~ '(^|_)(password|secret|ha1)(_|$)' AND f.value IS NOT NULL LOOP
        fields := jsonb_set(fields, ARRAY[field], '"(secret)"');
    END LOOP;
    RETURN fields - ARRAY['path', 'tenant_id', 'amount', 'held', 'live_calls', 'version', 'last_login', 'last_used_at'];
END $$;
SELECT audit_table(name, 'id', 'audit_rows', ARRAY['INSERT', 'UPDATE', 'DELETE']) FROM unnest(ARRAY['api_key', 'webhook']) AS name;

-- use_api_key: the key with this SHA-256, if it still opens: not revoked, not expired. Notes its use, once a minute at most,
-- and never waits for somebody who is noting it (nor makes those wait who refer to the key). It runs as the schema's owner, since it is asked before the transaction acts
-- for a dealer. Whether the login is active is viewer_of_login's to say.
CREATE FUNCTION use_api_key(sha256 text) RETURNS TABLE (
    key_id bigint, key_name text, scopes text[], login_id bigint, username text, person text, dealer_id bigint
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE api_key AS k SET last_used_at = now()
    WHERE k.id = (SELECT u.id FROM api_key AS u
                  WHERE u.secret_sha256 = sha256 AND u.revoked_at IS NULL AND (u.expires_at IS NULL OR u.expires_at > now())
                    AND (u.last_used_at IS NULL OR u.last_used_at < now() - interval '1 minute')
                  FOR NO KEY UPDATE SKIP LOCKED);
    RETURN QUERY
    SELECT k.id, k.name, k.scopes, l.id, l.username, l.name, k.dealer_id
    FROM api_key AS k JOIN login AS l ON l.id = k.login_id
    WHERE k.secret_sha256 = sha256 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now());
END $$;
REVOKE EXECUTE ON FUNCTION use_api_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION use_api_key TO smartswitch_web;

-- webhook_emit: tell an event of a dealer to the webhooks of that dealer and of those above it. Returns how many it is told
-- to. The same subject is told once to each.
CREATE FUNCTION webhook_emit(told_event text, of_dealer bigint, told_subject text, facts jsonb) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH told AS (
        INSERT INTO webhook_delivery (webhook_id, event, subject, payload)
        SELECT w.id, told_event, told_subject, facts::text
        FROM dealer AS d
        JOIN webhook AS w ON w.dealer_id = ANY (d.path) AND w.is_active AND told_event = ANY (w.events)
        WHERE d.id = of_dealer
        ON CONFLICT (webhook_id, event, subject) DO NOTHING
        RETURNING 1
    )
    SELECT count(*) FROM told
$$;
REVOKE EXECUTE ON FUNCTION webhook_emit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION webhook_emit TO smartswitch_worker;

-- Where the calls lie that ended lately. Rows are appended in the order in which calls end, so a summary of each range of
-- pages is enough: it costs a call nothing that can be measured, unlike a tree.
CREATE INDEX cdr_ended_at ON cdr USING brin (ended_at_ms) WITH (pages_per_range = 32, autosummarize = on);
