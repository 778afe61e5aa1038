-- insert_numbers: $1 jsonb rows.
INSERT INTO did (number, peer_id, dealer_id, tenant_id)
SELECT v.number, p.id, p.dealer_id, p.tenant_id
FROM jsonb_to_recordset($1::jsonb) AS v(parent text, number text)
JOIN peer AS p ON p.key = v.parent
