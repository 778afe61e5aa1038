-- audit_second_factor: that a login got, lost or renewed a second factor is a change that its dealers may see; what the
-- factor is made of is not, and its use is no change.
CREATE FUNCTION audit_second_factor() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    changed record;
    shown jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
    shown := jsonb_build_object('login_id', changed.user_id, 'type', changed.type);
    PERFORM audit_write('mfa_authenticator', changed.id::text, (SELECT l.dealer_id FROM login AS l WHERE l.id = changed.user_id),
                        lower(TG_OP), CASE TG_OP WHEN 'DELETE' THEN shown END, CASE TG_OP WHEN 'INSERT' THEN shown END);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_second_factor AFTER INSERT OR DELETE ON mfa_authenticator
    FOR EACH ROW EXECUTE FUNCTION audit_second_factor();
