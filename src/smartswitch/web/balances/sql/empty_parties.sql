-- empty_parties: how many direct parties of the current dealer have no money for another call. It runs as the schema's owner and
-- tells of no one but those whose seller asks, who sees all their balances: with the policies of three tables asked for
-- each of fifteen thousand it took twice as long. Customers have no parties.
CREATE FUNCTION empty_parties() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (SELECT count(*) FROM dealer AS d JOIN balance AS b ON b.id = d.balance_id
            WHERE d.parent_id = current_dealer() AND acts_for_dealer()
              AND b.credit_limit IS NOT NULL AND b.amount + b.credit_limit - b.held <= 0)
         + (SELECT count(*) FROM balance AS b
            WHERE b.dealer_id = current_dealer() AND acts_for_dealer() AND b.kind IN ('company', 'peer')
              AND b.credit_limit IS NOT NULL AND b.amount + b.credit_limit - b.held <= 0
              AND (EXISTS (SELECT FROM company AS c WHERE c.balance_id = b.id)
                   OR EXISTS (SELECT FROM peer AS p WHERE p.balance_id = b.id
                                AND p.kind <> 'terminator' AND p.pays_from = 'peer')))
$$;
REVOKE EXECUTE ON FUNCTION empty_parties FROM PUBLIC;
GRANT EXECUTE ON FUNCTION empty_parties TO smartswitch_web;
