-- upsert_peers: peers of every kind. $1 jsonb rows, $2 timestamptz. Their balances exist.
-- Returns whether each made or changed one is new.
INSERT INTO peer (
    key, dealer_id, tenant_id, company_id, kind, name, balance_id, pays_from, pack_id, inbound_pack_id, is_blocked,
    calls_per_second_limit, route_class_id, extension, auth_username, ha1_md5, ha1_sha256, digest_realm, caller_number,
    created_at
)
SELECT v.key, d.id, d.tenant_id, c.id, v.kind, v.name, b.id, v.pays_from, k.id, i.id, false, v.calls_per_second, r.id,
       v.extension, v.username, v.ha1_md5, v.ha1_sha256, v.realm, v.caller_number, $2
FROM jsonb_to_recordset($1::jsonb) AS v(
    key text, dealer text, company text, kind text, name text, pays_from text, pack text, inbound_pack text,
    calls_per_second int, route_class text, extension text, username text, ha1_md5 text, ha1_sha256 text, realm text,
    caller_number text
)
JOIN dealer AS d ON d.key = v.dealer
JOIN balance AS b ON b.kind = 'peer' AND b.party = v.key
LEFT JOIN company AS c ON c.key = v.company
LEFT JOIN billing_pack AS k ON k.key = v.pack
LEFT JOIN billing_pack AS i ON i.key = v.inbound_pack
LEFT JOIN route_class AS r ON r.key = v.route_class
ON CONFLICT (key) DO UPDATE
SET company_id = excluded.company_id, name = excluded.name, pays_from = excluded.pays_from, pack_id = excluded.pack_id,
    inbound_pack_id = excluded.inbound_pack_id, calls_per_second_limit = excluded.calls_per_second_limit,
    route_class_id = excluded.route_class_id, extension = excluded.extension, auth_username = excluded.auth_username,
    ha1_md5 = excluded.ha1_md5, ha1_sha256 = excluded.ha1_sha256, digest_realm = excluded.digest_realm,
    caller_number = excluded.caller_number
WHERE (peer.company_id, peer.name, peer.pays_from, peer.pack_id, peer.inbound_pack_id, peer.calls_per_second_limit,
       peer.route_class_id, peer.extension, peer.auth_username, peer.ha1_md5, peer.ha1_sha256, peer.digest_realm,
       peer.caller_number)
      IS DISTINCT FROM
      (excluded.company_id, excluded.name, excluded.pays_from, excluded.pack_id, excluded.inbound_pack_id,
       excluded.calls_per_second_limit, excluded.route_class_id, excluded.extension, excluded.auth_username,
       excluded.ha1_md5, excluded.ha1_sha256, excluded.digest_realm, excluded.caller_number)
RETURNING key, xmax = 0 AS is_new
