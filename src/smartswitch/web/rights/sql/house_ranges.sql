-- The same walls as quick_walls.sql builds, with the house as ranges of ids: to look an id up in an array is to go through
-- it, and in a house of five hundred dealers that was most of what a look through a hundred thousand companies cost.
-- In ranges it is found by halving.

-- house_ranges: the dealer for whom the present transaction acts, and all below it, as ranges of ids.
CREATE FUNCTION house_ranges() RETURNS int8multirange
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT COALESCE(range_agg(int8range(d.id, d.id, '[]')), '{}') FROM dealer AS d WHERE d.path @> ARRAY[current_dealer()]
$$;

DO $$
DECLARE
    owned CONSTANT text := '(SELECT current_dealer_is_owner()) OR dealer_id <@ (SELECT house_ranges())';
    target text;
BEGIN
    FOREACH target IN ARRAY ARRAY['company', 'peer', 'did'] LOOP
        EXECUTE format('ALTER POLICY web_all ON %I USING (%s) WITH CHECK (%s)', target, owned, owned);
    END LOOP;
    ALTER POLICY web_select ON balance
        USING ((SELECT current_dealer_is_owner()) OR dealer_id <@ (SELECT house_ranges()));
END $$;

-- Every transfer is of the owner's house, and none has to be looked up for him.
ALTER POLICY web_select ON ledger_transfer
    USING ((SELECT current_dealer_is_owner())
           OR EXISTS (SELECT FROM balance AS b WHERE b.id IN (debit_balance_id, credit_balance_id)));
