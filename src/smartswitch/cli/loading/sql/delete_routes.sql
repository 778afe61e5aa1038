-- delete_routes: of terminators whose routes changed. $1 text[] terminators, $2 text[] route classes.
DELETE FROM route
WHERE terminator_id IN (SELECT id FROM peer WHERE key = ANY($1))
  AND route_class_id IN (SELECT id FROM route_class WHERE key = ANY($2))
