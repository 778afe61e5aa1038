-- The walls around packs, route classes and hunting classes, worded so that a session's own are read once a statement, as those
-- of quick_inner_walls.sql. A table of companies joins two packs, one of peers a route class besides: to plan such a page,
-- with a dozen sub-plans in the policy of each, took 7 to 12 ms, and to read it 2.

-- offered_packs, offered_route_classes: what is not of the current dealer's house but may be seen: what is shared with him or
-- with somebody above (people of a dealer see that, customers do not), and the packs at which he buys.
CREATE FUNCTION offered_packs() RETURNS int8multirange
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(range_agg(int8range(v.id, v.id, '[]')), '{}')
    FROM (
        SELECT s.object_id FROM shared AS s
        WHERE s.noun = 'billing_pack' AND s.with_dealer_id = ANY (current_dealer_path()) AND acts_for_dealer()
        UNION ALL
        SELECT bought.id FROM dealer AS d CROSS JOIN LATERAL (VALUES (d.pack_id), (d.inbound_pack_id)) AS bought (id)
        WHERE d.id = current_dealer() AND bought.id IS NOT NULL
    ) AS v (id)
$$;
CREATE FUNCTION offered_route_classes() RETURNS int8multirange
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(range_agg(int8range(s.object_id, s.object_id, '[]')), '{}') FROM shared AS s
    WHERE s.noun = 'route_class' AND s.with_dealer_id = ANY (current_dealer_path()) AND acts_for_dealer()
$$;

DO $$
DECLARE
    own CONSTANT text := 'dealer_id <@ (SELECT house_ranges())';
    target text;
BEGIN
    FOREACH target IN ARRAY ARRAY['billing_pack', 'route_class', 'hunting_class'] LOOP
        EXECUTE format('ALTER POLICY web_all ON %I USING (%s) WITH CHECK (%s)', target, own, own);
    END LOOP;
END $$;
ALTER POLICY web_select ON billing_pack USING (id <@ (SELECT offered_packs()));
ALTER POLICY web_select ON route_class USING (id <@ (SELECT offered_route_classes()));
ALTER POLICY web_all ON shared
    USING (with_dealer_id <@ (SELECT house_ranges()) AND dealer_owns(noun, object_id))
    WITH CHECK (with_dealer_id <@ (SELECT house_ranges()) AND dealer_owns(noun, object_id));
ALTER POLICY web_select ON shared
    USING (with_dealer_id = ANY ((SELECT current_dealer_path())::bigint[]) OR with_dealer_id <@ (SELECT house_ranges()));

-- Charges, too: a dealer's own page reads forty thousand of a week, and to go through the list of his five hundred dealers for
-- each took 100 ms.
ALTER POLICY web_select ON charge
    USING ((SELECT current_dealer_is_owner()) OR dealer_id <@ (SELECT house_ranges()));
