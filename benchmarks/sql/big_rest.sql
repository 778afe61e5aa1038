-- big_rest: what the pages of the big house show besides parties and calls: people, roles, classes, times, rules, programs.
-- The logins in which somebody measures are made afterwards. Triggers are off, so tenants are written here.
INSERT INTO role (key, name, dealer_id)
SELECT 'role-' || d.key || '-' || n, 'Role ' || n, d.id
FROM dealer AS d CROSS JOIN generate_series(1, CASE WHEN d.id IN (1, 2, 1000) THEN 30 ELSE 1 END) AS n;
INSERT INTO role_right (role_id, "right")
SELECT r.id, v.right_name FROM role AS r CROSS JOIN (VALUES ('calls.view'), ('companies.view'), ('peers.view')) AS v (right_name);

INSERT INTO login (username, password, name, email, dealer_id, role_id, is_active)
SELECT 'person-' || d.key || '-' || n, '!', 'Person ' || n, 'person' || n || '@' || d.key || '.example', d.id,
       CASE WHEN n % 2 = 0 THEN (SELECT min(r.id) FROM role AS r WHERE r.dealer_id = d.id) END, n % 7 <> 0
FROM dealer AS d CROSS JOIN generate_series(1, CASE WHEN d.id IN (1, 2, 1000) THEN 100 ELSE 3 END) AS n;
INSERT INTO login (username, password, name, dealer_id, company_id, standard_role)
SELECT 'of-' || c.key, '!', c.name, c.dealer_id, c.id, 'company' FROM company AS c WHERE c.id % 20 = 0;

INSERT INTO route_class (key, dealer_id, tenant_id, name, base_class_id)
SELECT 'routes-' || d.key || '-' || n, d.id, d.tenant_id, 'Routes ' || n, CASE WHEN d.id = 1 THEN 1 END
FROM dealer AS d CROSS JOIN generate_series(1, CASE WHEN d.id IN (1, 2, 1000) THEN 60 ELSE 1 END) AS n;
INSERT INTO hunting_class (key, dealer_id, tenant_id, name)
SELECT 'hunting-' || d.key || '-' || n, d.id, d.tenant_id, 'Hunting ' || n
FROM dealer AS d CROSS JOIN generate_series(1, CASE WHEN d.id IN (1, 2, 1000) THEN 60 ELSE 1 END) AS n;
INSERT INTO route (route_class_id, code, terminator_id, valid_from, valid_to)
SELECT c.id, n::text, 1 + n % 5, '-infinity', 'infinity'
FROM route_class AS c CROSS JOIN generate_series(10, 209) AS n WHERE c.dealer_id IN (1, 2, 1000) AND c.key LIKE '%-1';

-- For each of those who measure a pack of 10,000 codes, and enough others for a table.
INSERT INTO billing_pack (key, dealer_id, tenant_id, name, currency)
SELECT 'wholesale-' || d.key || '-' || n, d.id, d.tenant_id, 'Wholesale ' || n, 'USD'
FROM dealer AS d CROSS JOIN generate_series(1, 60) AS n WHERE d.id IN (1, 2, 1000);
INSERT INTO price (pack_id, code, price_per_minute, first_price_per_minute, valid_from, valid_to)
SELECT p.id, (20000 + n)::text, 1000000 + n, 1000000 + n, '-infinity', 'infinity'
FROM billing_pack AS p CROSS JOIN generate_series(1, 10000) AS n WHERE p.key LIKE 'wholesale-%-1';
INSERT INTO time_band (pack_id, name, weekdays)
SELECT p.id, 'band-' || n, ARRAY[n] FROM billing_pack AS p CROSS JOIN generate_series(1, 5) AS n;
INSERT INTO holiday (pack_id, day)
SELECT p.id, '2030-01-01'::date + n FROM billing_pack AS p CROSS JOIN generate_series(1, 20) AS n;
INSERT INTO exchange_rate (from_currency, to_currency, rate, valid_from)
SELECT 'USD', c.code, 900000000 + n * 1000, '2026-01-01'::timestamptz + make_interval(days => n)
FROM (VALUES ('EUR'), ('GBP'), ('RUB')) AS c (code) CROSS JOIN generate_series(1, 100) AS n;

-- Lists of one peer: the first of each of those dealers; and the owner's for everybody.
INSERT INTO peer_address (peer_id, position, network, action)
SELECT p.id, n, ('10.200.' || n || '.0/24')::cidr, 'allow'
FROM (SELECT DISTINCT ON (dealer_id) id FROM peer WHERE kind = 'originator' ORDER BY dealer_id, id) AS p
CROSS JOIN generate_series(1, 60) AS n;
INSERT INTO peer_address (peer_id, position, network, action)
SELECT NULL, n, ('198.51.100.' || n || '/32')::cidr, 'deny' FROM generate_series(1, 100) AS n;
INSERT INTO number_translation (peer_id, direction, field, position, pattern, replacement)
SELECT p.id, 'from_peer', 'called', n, '0' || n, '44'
FROM (SELECT DISTINCT ON (dealer_id) id FROM peer WHERE kind = 'originator' ORDER BY dealer_id, id) AS p
CROSS JOIN generate_series(1, 10) AS n;

INSERT INTO api_key (name, prefix, secret_sha256, scopes, dealer_id, login_id)
SELECT 'Program ' || l.id, 'ss_' || l.id, encode(sha256(l.id::text::bytea), 'hex'), '{calls.view}', l.dealer_id, l.id
FROM login AS l WHERE l.company_id IS NULL;
INSERT INTO webhook (name, url, events, secret_encrypted, dealer_id)
SELECT 'Hook ' || n, 'https://hooks.example/' || n, '{call.ended}', 'x', d.id
FROM dealer AS d CROSS JOIN generate_series(1, CASE WHEN d.id IN (1, 2, 1000) THEN 20 ELSE 1 END) AS n;
INSERT INTO webhook_delivery (webhook_id, event, subject, payload, status, attempts, created_at)
SELECT w.id, 'call.ended', 'call-' || n, '{"event": "call.ended"}', 'delivered', 1, now() - make_interval(mins => n)
FROM webhook AS w CROSS JOIN generate_series(1, 200) AS n;

-- Every fourth user's telephone is registered.
INSERT INTO location (ruid, username, domain, contact, expires, user_agent)
SELECT 'ruid-' || p.id, 'peer-' || p.id, p.digest_realm, 'sip:' || p.auth_username || '@192.0.2.20', now() + interval '30 days', 'Example Phone 1.0'
FROM peer AS p WHERE p.kind = 'user' AND p.id % 4 = 0;
