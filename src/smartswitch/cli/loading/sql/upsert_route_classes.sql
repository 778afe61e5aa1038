-- upsert_route_classes: without their base classes. $1 jsonb rows. Returns whether each made or changed one is new.
INSERT INTO route_class (key, dealer_id, tenant_id, name)
SELECT v.key, d.id, d.tenant_id, v.name
FROM jsonb_to_recordset($1::jsonb) AS v(key text, dealer text, name text)
JOIN dealer AS d ON d.key = v.dealer
ON CONFLICT (key) DO UPDATE SET name = excluded.name WHERE route_class.name <> excluded.name
RETURNING key, xmax = 0 AS is_new
