-- read_routes: every route, in order. No parameters. -2^62 and 2^62 stand for minus and plus infinity.
SELECT id, route_class_id, code, terminator_id, priority, weight, week_minutes, call_limit, calls_per_second_limit,
       is_blocked,
       CASE WHEN isfinite(valid_from) THEN (extract(epoch FROM valid_from) * 1000)::bigint
            ELSE -4611686018427387904 END AS valid_from_ms,
       CASE WHEN isfinite(valid_to) THEN (extract(epoch FROM valid_to) * 1000)::bigint
            ELSE 4611686018427387904 END AS valid_to_ms
FROM route
ORDER BY id
