-- audit_visible, as in api/sql/api_tables.sql: what the database puts together of other columns is left out as well.
CREATE OR REPLACE FUNCTION audit_visible(fields jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    field text;
BEGIN
    FOR field IN SELECT f.key FROM jsonb_each_text(fields) AS f
                 WHERE f.key ~ '(^|_)(password|secret|ha1)(_|$)' AND f.value IS NOT NULL LOOP
        fields := jsonb_set(fields, ARRAY[field], '"(secret)"');
    END LOOP;
    RETURN fields - ARRAY['path', 'tenant_id', 'amount', 'held', 'live_calls', 'version', 'last_login', 'last_used_at', 'searched'];
END $$;
