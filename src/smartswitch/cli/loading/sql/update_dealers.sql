-- update_dealers: settings, packs and classes of dealers that exist. $1 jsonb rows. Returns the keys of those changed.
UPDATE dealer AS d
SET name = w.name, pack_id = w.pack_id, inbound_pack_id = w.inbound_pack_id, profit_control = w.profit_control,
    calls_per_second_limit = w.calls_per_second, is_virtual_pbx = w.is_virtual_pbx, time_zone = w.time_zone,
    route_class_id = w.route_class_id, hunting_class_id = w.hunting_class_id
FROM (
    SELECT v.*, k.id AS pack_id, i.id AS inbound_pack_id, r.id AS route_class_id, h.id AS hunting_class_id
    FROM jsonb_to_recordset($1::jsonb) AS v(
        key text, name text, pack text, inbound_pack text, calls_per_second int, profit_control text,
        is_virtual_pbx bool, time_zone text, route_class text, hunting_class text
    )
    LEFT JOIN billing_pack AS k ON k.key = v.pack
    LEFT JOIN billing_pack AS i ON i.key = v.inbound_pack
    LEFT JOIN route_class AS r ON r.key = v.route_class
    LEFT JOIN hunting_class AS h ON h.key = v.hunting_class
) AS w
WHERE d.key = w.key
  AND (d.name, d.pack_id, d.inbound_pack_id, d.profit_control, d.calls_per_second_limit, d.is_virtual_pbx, d.time_zone,
       d.route_class_id, d.hunting_class_id)
      IS DISTINCT FROM
      (w.name, w.pack_id, w.inbound_pack_id, w.profit_control, w.calls_per_second, w.is_virtual_pbx, w.time_zone,
       w.route_class_id, w.hunting_class_id)
RETURNING d.key
