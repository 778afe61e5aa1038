-- For a PostgreSQL of your own (SMARTSWITCH_DATABASE_URL), when the role that owns the database may not create roles.
-- Run once for each server, as a superuser, before the first migration:
--
--     psql -v owner=smartswitch -f roles.sql
--
-- `owner` is the role in SMARTSWITCH_DATABASE_URL; it becomes a member of the others, and a process takes its own one on with
-- SET ROLE. None has a password, so that none can log in over the network by itself. Kamailio, which cannot SET ROLE,
-- needs one if it does not share a host and a Unix socket with PostgreSQL:
--
--     ALTER ROLE smartswitch_kamailio PASSWORD '...';

SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['smartswitch_charging', 'smartswitch_switch', 'smartswitch_web', 'smartswitch_kamailio',
                  'smartswitch_worker']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- Charging and switching serve all tenants, and charging writes by COPY, which PostgreSQL refuses to a role that row-level
-- security applies to.
ALTER ROLE smartswitch_charging BYPASSRLS;
ALTER ROLE smartswitch_switch BYPASSRLS;

GRANT smartswitch_charging, smartswitch_switch, smartswitch_web, smartswitch_kamailio, smartswitch_worker TO :"owner";
