-- read_routes: the routes of terminators in some route classes. $1 text[] terminators, $2 text[] route classes.
SELECT t.key AS parent, c.key AS route_class, r.code, r.priority, r.weight, r.call_limit,
       r.calls_per_second_limit AS calls_per_second, r.is_blocked,
       NULLIF(r.valid_from, '-infinity') AS valid_from, NULLIF(r.valid_to, 'infinity') AS valid_to,
       ARRAY(SELECT lower(m) || '-' || upper(m) FROM unnest(r.week_minutes) WITH ORDINALITY AS u(m, place)
             ORDER BY place) AS week_minutes
FROM route AS r
JOIN peer AS t ON t.id = r.terminator_id
JOIN route_class AS c ON c.id = r.route_class_id
WHERE t.key = ANY($1) AND c.key = ANY($2)
ORDER BY t.key, r.id
