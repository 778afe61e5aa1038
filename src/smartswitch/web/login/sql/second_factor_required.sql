-- second_factor_required: whether the dealer of a login, or any dealer above it, requires a second factor.
-- It runs as the schema's owner, since row-level security hides the dealers above; it tells nothing else of them.
CREATE FUNCTION second_factor_required(login_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM login AS l
        JOIN dealer AS own ON own.id = l.dealer_id
        JOIN dealer AS step ON step.id = ANY (own.path)
        WHERE l.id = second_factor_required.login_id AND step.requires_second_factor)
$$;

-- note_use_of_login: what every request of a person who is logged in asks, in one question: whether a second factor is
-- required, and whether there is one. The session is noted on the way, at most once a minute, so that its owner can see where he
-- is logged in. It runs as the schema's owner, since a person may act for a dealer who does not see that person's login.
CREATE FUNCTION note_use_of_login(login_id bigint, session_key text, address inet, browser text)
RETURNS TABLE (is_required boolean, is_enrolled boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM usersessions_usersession AS s
    WHERE s.session_key = note_use_of_login.session_key AND s.user_id = note_use_of_login.login_id
        AND s.last_seen_at > now() - interval '1 minute' AND s.ip = note_use_of_login.address;
    IF NOT FOUND THEN
        INSERT INTO usersessions_usersession AS s (user_id, created_at, ip, last_seen_at, session_key, user_agent, data)
        VALUES (note_use_of_login.login_id, now(), note_use_of_login.address, now(), note_use_of_login.session_key,
                note_use_of_login.browser, '{}')
        ON CONFLICT ON CONSTRAINT usersessions_usersession_session_key_key DO UPDATE
        SET user_id = excluded.user_id, ip = excluded.ip, last_seen_at = excluded.last_seen_at, user_agent = excluded.user_agent;
    END IF;
    RETURN QUERY SELECT second_factor_required(note_use_of_login.login_id),
        EXISTS (SELECT FROM mfa_authenticator AS a
                WHERE a.user_id = note_use_of_login.login_id AND a.type IN ('totp', 'webauthn'));
END $$;
REVOKE EXECUTE ON FUNCTION second_factor_required, note_use_of_login FROM PUBLIC;
GRANT EXECUTE ON FUNCTION second_factor_required, note_use_of_login TO smartswitch_web;
