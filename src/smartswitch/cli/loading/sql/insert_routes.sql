-- insert_routes: $1 jsonb rows, in order.
INSERT INTO route (
    route_class_id, code, terminator_id, priority, weight, valid_from, valid_to, week_minutes, call_limit,
    calls_per_second_limit, is_blocked
)
SELECT c.id, v.code, t.id, v.priority, v.weight, COALESCE(v.valid_from, '-infinity'), COALESCE(v.valid_to, 'infinity'),
       v.week_minutes, v.call_limit, v.calls_per_second, v.is_blocked
FROM jsonb_to_recordset($1::jsonb) AS v(
    parent text, route_class text, code text, priority int, weight int, valid_from timestamptz, valid_to timestamptz,
    week_minutes int4range[], call_limit int, calls_per_second int, is_blocked bool, place bigint
)
JOIN route_class AS c ON c.key = v.route_class
JOIN peer AS t ON t.key = v.parent
ORDER BY v.parent, v.place
