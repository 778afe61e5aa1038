-- update_owner: what a file says of the owner; null is not said. $1 jsonb row. Returns his key if something changed.
-- He has a route class, because every dealer without one of his own inherits it.
UPDATE dealer AS d
SET name = w.name, profit_control = w.profit_control, time_zone = w.time_zone, route_class_id = w.route_class_id,
    hunting_class_id = w.hunting_class_id
FROM (
    SELECT o.id, COALESCE(v.name, o.name) AS name, COALESCE(v.profit_control, o.profit_control) AS profit_control,
           COALESCE(v.time_zone, o.time_zone) AS time_zone,
           COALESCE(o.route_class_id, r.id) AS route_class_id, COALESCE(h.id, o.hunting_class_id) AS hunting_class_id
    FROM jsonb_to_record($1::jsonb) AS v(
        name text, profit_control text, time_zone text, route_class text, hunting_class text
    )
    JOIN dealer AS o ON o.key = 'owner'
    LEFT JOIN route_class AS r ON r.key = v.route_class
    LEFT JOIN hunting_class AS h ON h.key = v.hunting_class
) AS w
WHERE d.id = w.id
  AND (d.name, d.profit_control, d.time_zone, d.route_class_id, d.hunting_class_id)
      IS DISTINCT FROM (w.name, w.profit_control, w.time_zone, w.route_class_id, w.hunting_class_id)
RETURNING d.key
