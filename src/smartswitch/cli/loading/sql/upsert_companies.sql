-- upsert_companies: $1 jsonb rows, $2 timestamptz. Their balances exist. Returns whether each made or changed one is new.
INSERT INTO company (key, dealer_id, tenant_id, name, balance_id, pack_id, inbound_pack_id, is_blocked, created_at)
SELECT v.key, d.id, d.tenant_id, v.name, b.id, k.id, i.id, false, $2
FROM jsonb_to_recordset($1::jsonb) AS v(key text, dealer text, name text, pack text, inbound_pack text)
JOIN dealer AS d ON d.key = v.dealer
JOIN balance AS b ON b.kind = 'company' AND b.party = v.key
LEFT JOIN billing_pack AS k ON k.key = v.pack
LEFT JOIN billing_pack AS i ON i.key = v.inbound_pack
ON CONFLICT (key) DO UPDATE
SET name = excluded.name, pack_id = excluded.pack_id, inbound_pack_id = excluded.inbound_pack_id
WHERE (company.name, company.pack_id, company.inbound_pack_id)
      IS DISTINCT FROM (excluded.name, excluded.pack_id, excluded.inbound_pack_id)
RETURNING key, xmax = 0 AS is_new
