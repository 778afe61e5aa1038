-- By dealer and moment: the calls of a small house are few among many. By number: the beginning of the number of either side,
-- in the order of bytes, so that it does not depend on the locale of the database. What they compare by is leakproof,
-- hence they serve under row-level security. Each costs every call a write: there are no more than these three.
CREATE INDEX cdr_dealer ON cdr (dealer_id, created_at);
CREATE INDEX cdr_caller ON cdr (caller text_pattern_ops, created_at);
CREATE INDEX cdr_called ON cdr (called text_pattern_ops, created_at);

-- is_busy_house: whether at least one of twenty calls lately went through the house of the current dealer, and through that
-- of `scope` within it. Then its calls are found by walking back along the moments; else dealer by dealer. It runs as the
-- schema's owner, since the others' calls, among which it counts, are hidden; no more than this yes or no is told of them.
CREATE FUNCTION is_busy_house(scope bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FILTER (WHERE v.dealer_ids @> ARRAY[current_dealer(), scope]) * 20 >= count(*)
    FROM (
        SELECT c.dealer_ids FROM cdr AS c
        WHERE c.created_at > now() - interval '62 days' ORDER BY c.created_at DESC LIMIT 1000
    ) AS v
$$;
REVOKE EXECUTE ON FUNCTION is_busy_house FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_busy_house TO smartswitch_web;
