-- big_calls: calls, charges, calls in progress, audit entries and transfers of the big house.
-- Setting big.calls: how many calls. Chance is hash_of(number, salt), from 0 to 1.
CREATE FUNCTION pg_temp.hash_of(number bigint, salt bigint) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
    SELECT (hashint8extended(number, salt) & 4294967295) / 4294967296.0
$$;
SELECT make_partitions_between((now() - interval '62 days')::date, now()::date);

-- Who calls: peers in an order that has nothing to do with their dealers; the first of them call most.
CREATE TEMP TABLE caller AS
SELECT row_number() OVER (ORDER BY pg_temp.hash_of(p.id, 1)) - 1 AS place, p.id AS peer_id, p.key AS peer,
       p.dealer_id, d.key AS dealer, d.path, d.tenant_id, p.caller_number, COALESCE(c.key, p.key) AS payer,
       COALESCE(c.balance_id, p.balance_id) AS balance_id
FROM peer AS p
JOIN dealer AS d ON d.id = p.dealer_id
LEFT JOIN company AS c ON c.id = p.company_id AND p.pays_from = 'company'
WHERE p.kind <> 'terminator';
CREATE UNIQUE INDEX ON caller (place);

CREATE TEMP TABLE place_call AS
SELECT n, floor((SELECT count(*) FROM caller) * power(pg_temp.hash_of(n, 2), 1.7))::bigint AS place,
       -- The last sixty days, most of it by day.
       date_trunc('milliseconds', now() - interval '2 minutes'
           - make_interval(days => floor(60 * pg_temp.hash_of(n, 3))::int)
           - make_interval(secs => 86400 * (pg_temp.hash_of(n, 4) + pg_temp.hash_of(n, 5)) / 2)) AS created_at,
       -- One number in fifty calls is a conference room that everybody knows.
       CASE WHEN n % 50 = 0 THEN '448001234567'
            ELSE (ARRAY['4479', '4420', '4930', '7916', '1202', '3368', '3906', '8613'])[1 + floor(8 * power(pg_temp.hash_of(n, 6), 1.5))::int]
                 || lpad(floor(pg_temp.hash_of(n, 7) * 50000000)::bigint::text, 8, '0') END AS called,
       (ARRAY['answered', 'answered', 'answered', 'answered', 'answered', 'answered', 'unanswered', 'unanswered', 'unanswered',
              'refused'])[1 + floor(10 * pg_temp.hash_of(n, 8))::int] AS result,
       1000 + floor(600000 * power(pg_temp.hash_of(n, 9), 3))::bigint AS talked_ms,
       1 + floor(5 * pg_temp.hash_of(n, 10))::int AS carrier
FROM generate_series(1, current_setting('big.calls')::bigint) AS n;

CREATE TEMP TABLE made_call AS
SELECT k.*, p.peer_id, p.peer, p.dealer_id, p.dealer, p.path, p.tenant_id, p.caller_number, p.payer, p.balance_id,
       (extract(epoch FROM k.created_at) * 1000)::bigint AS at_ms,
       (lpad(to_hex((extract(epoch FROM k.created_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(k.n::text), 1, 3)
           || '8' || substr(md5(k.n::text), 5, 15))::uuid AS call_id
FROM place_call AS k
JOIN caller AS p ON p.place = k.place
ORDER BY k.created_at;

INSERT INTO cdr (tenant_id, created_at, call_id, leg, dealer_id, dealer_ids, peer_id, direction, caller, called, sip_call_id,
    source, user_agent, authorized_at_ms, answered_at_ms, ended_at_ms, duration_ms, billed_s, level_count, result, sip_status,
    reason, refused_by, ended_by, terminator, attempts, node)
SELECT tenant_id, created_at, call_id, 0, dealer_id, path, peer_id,
       CASE WHEN n % 11 = 0 THEN 'inbound' WHEN n % 13 = 0 THEN 'internal' ELSE 'outbound' END, caller_number, called,
       n || '@192.0.2.10', '192.0.2.10:5060', 'Example Phone 1.0', at_ms,
       CASE WHEN result = 'answered' THEN at_ms + 3000 END,
       CASE result WHEN 'answered' THEN at_ms + 3000 + talked_ms WHEN 'unanswered' THEN at_ms + 9000 ELSE at_ms END,
       CASE WHEN result = 'answered' THEN talked_ms ELSE 0 END,
       CASE WHEN result = 'answered' THEN talked_ms / 1000 ELSE 0 END, cardinality(path), result,
       CASE result WHEN 'answered' THEN 200 WHEN 'unanswered' THEN 486 ELSE 402 END,
       CASE WHEN result = 'refused' THEN 'no_credit' END,
       CASE WHEN result = 'refused' THEN CASE WHEN n % 3 = 0 THEN 'owner' ELSE dealer END END,
       CASE WHEN result = 'answered' THEN 'caller' END, CASE WHEN result <> 'refused' THEN 'carrier-' || carrier END,
       CASE WHEN result <> 'refused' THEN jsonb_build_array(jsonb_build_array('carrier-' || carrier, 200, 3000)) ELSE '[]' END,
       'node-1'
FROM made_call
ORDER BY created_at;

-- What each level paid: the party at level 0, then each dealer from the bottom to the top, and the owner at level 99.
CREATE TEMP TABLE balance_of AS
SELECT d.id AS dealer_id, d.key, d.balance_id, s.id AS sales_id, d.pack_id, r.id AS price_id, r.code
FROM dealer AS d
JOIN balance AS s ON s.kind = 'sales' AND s.dealer_id = d.id
LEFT JOIN price AS r ON r.pack_id = COALESCE(d.pack_id, 1) AND r.code = '4';
CREATE UNIQUE INDEX ON balance_of (dealer_id);
CREATE TEMP TABLE level_of AS
SELECT d.id AS dealer_id, step.level, payer.key AS payer, payer.balance_id, payer.dealer_id AS payer_id,
       seller.key AS seller, seller.sales_id, seller.dealer_id AS seller_id, payer.pack_id, payer.price_id
FROM dealer AS d
CROSS JOIN LATERAL generate_series(0, cardinality(d.path) - 1) AS step (level)
JOIN balance_of AS payer ON payer.dealer_id = d.path[cardinality(d.path) - GREATEST(step.level - 1, 0)]
JOIN balance_of AS seller ON seller.dealer_id = d.path[cardinality(d.path) - step.level];
CREATE INDEX ON level_of (dealer_id);
ANALYZE;

INSERT INTO charge (tenant_id, created_at, call_id, leg, level, dealer_id, seller_dealer_id, payer, seller, debit_balance_id,
    credit_balance_id, amount, currency, pack_amount, pack_currency, exchange_rate, pack_id, price_id, code, billed_s,
    answered_at_ms, explanation)
SELECT k.tenant_id, k.created_at, k.call_id, 0, v.level, v.payer_id, v.seller_id, CASE WHEN v.level = 0 THEN k.payer ELSE v.payer END,
       v.seller, CASE WHEN v.level = 0 THEN k.balance_id ELSE v.balance_id END, v.sales_id, price.amount, 'USD', price.amount, 'USD',
       1000000000, COALESCE(v.pack_id, 1), v.price_id, '4', k.talked_ms / 1000, k.at_ms + 3000,
       format('{"terms":[6,"half-up","first-block","none",0],"parts":[[%s,null,1,%s,0]]}', v.price_id, k.talked_ms / 1000)
FROM made_call AS k
JOIN level_of AS v ON v.dealer_id = k.dealer_id
CROSS JOIN LATERAL (SELECT k.talked_ms / 1000 * (2000 / (v.level + 1))) AS price (amount)
WHERE k.result = 'answered'
ORDER BY k.created_at;

INSERT INTO charge (tenant_id, created_at, call_id, leg, level, dealer_id, seller_dealer_id, payer, seller, debit_balance_id,
    credit_balance_id, amount, currency, pack_amount, pack_currency, exchange_rate, pack_id, price_id, code, billed_s,
    answered_at_ms, explanation)
SELECT k.tenant_id, k.created_at, k.call_id, 0, 99, 1, 1, 'owner', b.party, cost.id, b.id, k.talked_ms / 1000 * 200, 'USD',
       k.talked_ms / 1000 * 200, 'USD', 1000000000, 1, o.price_id, '4', k.talked_ms / 1000, k.at_ms + 3000,
       format('{"terms":[6,"half-up","first-block","none",0],"parts":[[%s,null,1,%s,0]]}', o.price_id, k.talked_ms / 1000)
FROM made_call AS k
JOIN balance AS b ON b.kind = 'payable' AND b.party = 'carrier-' || k.carrier
JOIN balance AS cost ON cost.kind = 'cost' AND cost.party = 'owner'
JOIN balance_of AS o ON o.dealer_id = 1
WHERE k.result = 'answered'
ORDER BY k.created_at;

INSERT INTO open_leg (tenant_id, call_id, leg, authorized_at_ms, balance_ids, meter_ids, dealer_ids, chain, facts, node,
    dealer_id, peer_id, seq, state, granted_s, slice_s, answered_at_ms, confirmed_at_ms, held, answers)
SELECT k.tenant_id, k.call_id, 1, k.at_ms, ids.ids, ids.ids, k.path, '[]',
       json_build_object('direction', 'outbound', 'caller', k.caller_number, 'called', k.called, 'sip_call_id', k.n || '@192.0.2.10',
                         'source', '192.0.2.10:5060', 'caller_name', '', 'user_agent', 'Example Phone 1.0')::text,
       'node-1', k.dealer_id, k.peer_id, 1, CASE WHEN k.n % 4 = 0 THEN 'authorized' ELSE 'answered' END, 300, 300,
       CASE WHEN k.n % 4 <> 0 THEN k.at_ms + 4000 END, k.at_ms + 4000, array_fill(100000::bigint, ARRAY[cardinality(ids.ids)]), '[]'
FROM made_call AS k
CROSS JOIN LATERAL (
    SELECT array_agg(CASE WHEN v.level = 0 THEN k.balance_id ELSE v.balance_id END ORDER BY v.level) AS ids
    FROM level_of AS v WHERE v.dealer_id = k.dealer_id
) AS ids
ORDER BY k.created_at DESC
LIMIT 300;

INSERT INTO audit_entry (created_at, actor, origin, table_name, row_id, dealer_id, by_dealer_id, action, before, after)
SELECT now() - make_interval(secs => 60 * 86400 * pg_temp.hash_of(n, 20)), d.key, 'web',
       CASE WHEN n % 2 = 0 THEN 'company' ELSE 'peer' END, (1 + n)::text, d.id, d.id, 'update',
       '{"is_blocked": false}', '{"is_blocked": true}'
FROM generate_series(1, 50000) AS n
JOIN dealer AS d ON d.id = 1 + floor(1001 * pg_temp.hash_of(n, 21))::bigint
ORDER BY 1;

INSERT INTO ledger_transfer (id, tenant_id, created_at, kind, debit_balance_id, credit_balance_id, amount, currency, actor, note)
SELECT md5(n::text)::uuid, c.tenant_id, now() - make_interval(secs => 60 * 86400 * pg_temp.hash_of(n, 30)), 'payment', p.id,
       c.balance_id, 1000000 + n * 1000, 'USD', 'owner', 'Bank transfer ' || n
FROM generate_series(1, 20000) AS n
JOIN company AS c ON c.id = 1 + floor(100000 * pg_temp.hash_of(n, 31))::bigint
JOIN balance AS p ON p.kind = 'payments' AND p.dealer_id = c.dealer_id
ORDER BY 3;
