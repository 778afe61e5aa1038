-- What the web account needs to make dealers and to note for whom people act.

-- A dealer and its balance name each other, so the ids of both are drawn before either is written.
GRANT USAGE ON SEQUENCE dealer_id_seq, balance_id_seq TO smartswitch_web;

-- audit_acting: that the person of the session begins or ends to act for a dealer below his own (`act_for`, `act_for_end`).
-- Like all that he does it stands under his own dealer, so those for whom he acts do not see it.
CREATE FUNCTION audit_acting(acted_for bigint, what text, until timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    own bigint := nullif(current_setting('smartswitch.actor_dealer', true), '')::bigint;
BEGIN
    IF what NOT IN ('act_for', 'act_for_end') THEN
        RAISE EXCEPTION 'audit_acting: % is not how acting begins or ends', what USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM dealer AS d WHERE d.id = acted_for AND d.path @> ARRAY[own] AND d.id <> own) THEN
        RAISE EXCEPTION 'nobody of dealer % acts for dealer %: it is not below', own, acted_for
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM audit_write('dealer', acted_for::text, acted_for, what, NULL, jsonb_build_object('until', until));
END $$;
REVOKE EXECUTE ON FUNCTION audit_acting FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_acting TO smartswitch_web;
