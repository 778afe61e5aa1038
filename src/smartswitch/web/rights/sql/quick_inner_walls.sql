-- The walls around what stands in a pack or a route class, worded so that the packs and classes of the session are read once
-- a statement. Nested as they were, the policies of price held three hundred sub-plans: to plan a query took longer than to
-- read its rows.

-- own_packs, own_route_classes: those of the house of the current dealer, as ranges of ids.
CREATE FUNCTION own_packs() RETURNS int8multirange
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(range_agg(int8range(p.id, p.id, '[]')), '{}') FROM billing_pack AS p WHERE p.dealer_id <@ house_ranges()
$$;
CREATE FUNCTION own_route_classes() RETURNS int8multirange
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(range_agg(int8range(c.id, c.id, '[]')), '{}') FROM route_class AS c WHERE c.dealer_id <@ house_ranges()
$$;

-- visible_packs, visible_route_classes: those that the session sees. They run as who asks, under row-level security.
CREATE FUNCTION visible_packs() RETURNS int8multirange
LANGUAGE sql STABLE PARALLEL SAFE SECURITY INVOKER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(range_agg(int8range(p.id, p.id, '[]')), '{}') FROM billing_pack AS p
$$;
CREATE FUNCTION visible_route_classes() RETURNS int8multirange
LANGUAGE sql STABLE PARALLEL SAFE SECURITY INVOKER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(range_agg(int8range(c.id, c.id, '[]')), '{}') FROM route_class AS c
$$;

DO $$
DECLARE
    own CONSTANT text := 'pack_id <@ (SELECT own_packs())';
    target text;
BEGIN
    FOREACH target IN ARRAY ARRAY['price', 'time_band', 'holiday'] LOOP
        EXECUTE format('ALTER POLICY web_all ON %I USING (%s) WITH CHECK (%s)', target, own, own);
        EXECUTE format('ALTER POLICY web_select ON %I USING (pack_id <@ (SELECT visible_packs()))', target);
    END LOOP;
END $$;
ALTER POLICY web_all ON route USING (route_class_id <@ (SELECT own_route_classes()))
    WITH CHECK (route_class_id <@ (SELECT own_route_classes()));
ALTER POLICY web_select ON route USING (route_class_id <@ (SELECT visible_route_classes()));
