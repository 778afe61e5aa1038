-- The same walls as row_security.sql and narrow_logins.sql build, worded so that what does not depend on a row is asked once a
-- statement, and the subtree is hashed once instead of a dealer looked up for every row.

-- As a sub-select the question whether the session is that of a person of the dealer is a constant to the planner. Written
-- out, it was taken for a condition that one row in forty thousand meets, and with a tree of one dealer in mind joins
-- went row by row.
ALTER POLICY party ON dealer
    USING ((SELECT acts_for_dealer()) OR id = current_dealer()) WITH CHECK ((SELECT acts_for_dealer()));
ALTER POLICY party ON login
    USING ((SELECT acts_for_dealer()) OR company_id = current_company() OR peer_id = current_peer())
    WITH CHECK ((SELECT acts_for_dealer()) OR company_id = current_company() OR peer_id = current_peer());

-- current_house: the dealer for whom the present transaction acts, and all below it.
CREATE FUNCTION current_house() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ARRAY(SELECT d.id FROM dealer AS d WHERE d.path @> ARRAY[current_dealer()])
$$;

-- All rows are of the owner's house. For everybody else the dealers of the house are read once a statement, and before they are
-- needed not at all. With an EXISTS the planner chose between a look-up for each row and a hash of the subtree by a guess
-- of how many rows there will be; and the cost of the hash, were it asked for by IN, it counts for every row of a join.
DO $$
DECLARE
    owned CONSTANT text := '(SELECT current_dealer_is_owner()) OR dealer_id = ANY ((SELECT current_house())::bigint[])';
    target text;
BEGIN
    FOREACH target IN ARRAY ARRAY['company', 'peer', 'did'] LOOP
        EXECUTE format('ALTER POLICY web_all ON %I USING (%s) WITH CHECK (%s)', target, owned, owned);
    END LOOP;
    FOREACH target IN ARRAY ARRAY['balance', 'charge'] LOOP
        EXECUTE format('ALTER POLICY web_select ON %I USING (%s)', target, owned);
    END LOOP;
END $$;

-- The policies of cdr and open_leg stay as they are: as a sub-select the dealer would be unknown to the planner, which would
-- take any house for a small one and no longer walk along the moments where that is quick.
