-- read_route_classes: every route class and its base. No parameters.
SELECT id, key, base_class_id
FROM route_class
