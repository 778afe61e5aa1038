-- What belongs to a login is seen and changed by whoever may see the login: its own policies decide (rights/row_security.sql).
-- While somebody logs in, nobody acts yet, and every login is visible: so are its second factors, whose seeds are encrypted.
DO $$
DECLARE
    target text;
BEGIN
    FOREACH target IN ARRAY ARRAY['mfa_authenticator', 'usersessions_usersession', 'account_emailaddress'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target);
        PERFORM allow_web(target, 'ALL', 'EXISTS (SELECT FROM login AS l WHERE l.id = user_id)');
    END LOOP;
    ALTER TABLE password_reset ENABLE ROW LEVEL SECURITY;
    PERFORM allow_web('password_reset', 'ALL', 'EXISTS (SELECT FROM login AS l WHERE l.id = login_id)');
    CREATE POLICY machines ON password_reset TO smartswitch_worker USING (true) WITH CHECK (true);
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON mfa_authenticator, usersessions_usersession TO smartswitch_web;
-- A login that is removed takes its rows with it; the library asks this table too, which we never fill.
GRANT SELECT, DELETE ON account_emailaddress TO smartswitch_web;
GRANT SELECT, UPDATE, DELETE ON password_reset TO smartswitch_web;

-- The worker finds out to whom a mail goes, and makes the link. It sees no password and no second factor.
GRANT SELECT (id, username, name, email, is_active) ON login TO smartswitch_worker;
GRANT SELECT, INSERT, DELETE ON password_reset TO smartswitch_worker;
CREATE INDEX login_by_email ON login (lower(email)) WHERE email <> '';

-- The web account puts jobs into the queue, within its own transaction, and cannot read what waits there: of a row that it
-- wrote it learns the number.
GRANT INSERT, SELECT (id) ON procrastinate_jobs TO smartswitch_web;
GRANT INSERT ON procrastinate_events TO smartswitch_web;
GRANT USAGE ON SEQUENCE procrastinate_jobs_id_seq, procrastinate_events_id_seq TO smartswitch_web;
