-- read_peers: every peer, with the currency of its balance. No parameters.
SELECT p.id, p.key, p.kind, p.dealer_id, b.currency, p.balance_id, p.company_id, p.pays_from = 'company', p.pack_id,
       p.inbound_pack_id, p.is_blocked, p.calls_per_second_limit, p.route_class_id, p.extension, p.auth_username,
       p.ha1_md5, p.ha1_sha256, COALESCE(p.digest_realm, ''), p.caller_number, p.name
FROM peer AS p
JOIN balance AS b ON b.id = p.balance_id
