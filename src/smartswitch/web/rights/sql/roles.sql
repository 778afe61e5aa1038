-- One database role for each kind of process, with no more than it needs. Roles belong to the whole server: they may exist
-- already, or be made by somebody else at this moment. They have no password: over the network nobody can log in as one, and
-- a process takes one on with SET ROLE; over the embedded server's private socket a process connects as one.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['smartswitch_charging', 'smartswitch_switch', 'smartswitch_web', 'smartswitch_kamailio',
                                'smartswitch_worker'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
                EXECUTE format('CREATE ROLE %I LOGIN', name);
            END IF;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'the role % does not exist and % may not create it', name, current_user
                    USING HINT = 'Run deploy/postgres/roles.sql as a superuser first.';
        END;
        -- From PostgreSQL 16 on, who creates a role is a member of it, but may not take it on.
        IF NOT pg_has_role(current_user, name, CASE WHEN current_setting('server_version_num')::int >= 160000
                                                    THEN 'SET' ELSE 'MEMBER' END) THEN
            BEGIN
                EXECUTE format('GRANT %I TO CURRENT_USER', name);
            EXCEPTION WHEN insufficient_privilege THEN
                RAISE EXCEPTION '% may not take on the role %', current_user, name
                    USING HINT = 'Run deploy/postgres/roles.sql as a superuser first.';
            END;
        END IF;
        -- Charging and switching are for all tenants; and COPY, which carries every charge, knows no row-level security.
        IF name IN ('smartswitch_charging', 'smartswitch_switch')
           AND NOT (SELECT rolbypassrls FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('ALTER ROLE %I BYPASSRLS', name);
            EXCEPTION
                WHEN OTHERS THEN
                    IF NOT (SELECT rolbypassrls FROM pg_roles WHERE rolname = name) THEN
                        RAISE EXCEPTION 'the role % needs BYPASSRLS and % may not give it', name, current_user
                            USING HINT = 'Run deploy/postgres/roles.sql as a superuser first.';
                    END IF;
            END;
        END IF;
    END LOOP;
END $$;

GRANT SELECT ON balance, dealer, billing_pack, price, time_band, holiday, exchange_rate, ledger_entry TO smartswitch_charging;
GRANT INSERT, UPDATE (amount, held, live_calls, version) ON balance TO smartswitch_charging;
GRANT SELECT, INSERT, UPDATE, DELETE ON open_leg TO smartswitch_charging;
GRANT SELECT, INSERT ON cdr, charge, ledger_transfer TO smartswitch_charging;
GRANT SELECT, INSERT, UPDATE ON payment_key, node TO smartswitch_charging;

GRANT SELECT ON dealer, company, peer, terminator, peer_address, number_translation, did, balance, billing_pack, time_band,
    holiday, price, exchange_rate, route_class, route, hunting_class, shared, open_leg, cdr, location TO smartswitch_switch;
GRANT SELECT, INSERT, UPDATE ON node TO smartswitch_switch;

GRANT SELECT, INSERT, UPDATE, DELETE ON dealer, company, peer, terminator, peer_address, number_translation, did,
    billing_pack, time_band, holiday, price, exchange_rate, route_class, route, hunting_class, shared, right_grant, role,
    role_right, login, django_session TO smartswitch_web;
GRANT SELECT, INSERT, DELETE, UPDATE (credit_limit, call_limit) ON balance TO smartswitch_web;
GRANT SELECT ON open_leg, cdr, charge, ledger_transfer, ledger_entry, audit_entry, node TO smartswitch_web;
GRANT SELECT ON django_migrations, django_content_type TO smartswitch_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON axes_accessattempt, axes_accessattemptexpiration, axes_accessfailurelog,
    axes_accesslog TO smartswitch_web;

GRANT SELECT, INSERT, UPDATE, DELETE ON location TO smartswitch_kamailio;
GRANT USAGE ON SEQUENCE location_id_seq TO smartswitch_kamailio;
GRANT SELECT ON version TO smartswitch_kamailio;

GRANT EXECUTE ON FUNCTION make_partitions TO smartswitch_worker;
