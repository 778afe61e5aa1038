-- The login of a company or of a user (a phone) sees less than its dealer: only what is that party's own. These policies are
-- restrictive: they are asked besides those of the dealer's house (row_security.sql), and take from them.

-- current_company, current_peer: the party for which a session of the web account acts, null for people of the dealer.
CREATE FUNCTION current_company() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('smartswitch.company', true), '')::bigint
$$;
CREATE FUNCTION current_peer() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('smartswitch.peer', true), '')::bigint
$$;
-- acts_for_dealer: whether the session is that of a person of the dealer, not of one of its customers.
CREATE FUNCTION acts_for_dealer() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT COALESCE(current_setting('smartswitch.company', true), '') = ''
       AND COALESCE(current_setting('smartswitch.peer', true), '') = ''
$$;

-- party_balances: the balances from which the current party pays; of a phone whose company pays, that of the company.
CREATE FUNCTION party_balances() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ARRAY(
        SELECT c.balance_id FROM company AS c WHERE c.id = current_company()
        UNION ALL
        SELECT p.balance_id FROM peer AS p WHERE p.id = current_peer() OR p.company_id = current_company()
        UNION ALL
        SELECT c.balance_id FROM peer AS p JOIN company AS c ON c.id = p.company_id
        WHERE p.id = current_peer() AND p.pays_from = 'company'
    )
$$;
-- party_peers: the phones and lines of the current party.
CREATE FUNCTION party_peers() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ARRAY(SELECT p.id FROM peer AS p WHERE p.id = current_peer() OR p.company_id = current_company())
$$;
-- party_packs: the price lists by which the current party pays.
CREATE FUNCTION party_packs() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ARRAY(
        SELECT unnest(ARRAY[c.pack_id, c.inbound_pack_id]) FROM company AS c WHERE c.id = current_company()
        UNION
        SELECT unnest(ARRAY[p.pack_id, p.inbound_pack_id]) FROM peer AS p
        WHERE p.id = current_peer() OR p.company_id = current_company()
    )
$$;

DO $$
DECLARE
    target text;
    own text;
BEGIN
    FOR target, own IN VALUES
        ('company', 'id = current_company()'),
        ('peer', 'id = ANY ((SELECT party_peers())::bigint[])'),
        ('terminator', 'false'),
        ('peer_address', 'peer_id = ANY ((SELECT party_peers())::bigint[])'),
        ('number_translation', 'false'),
        ('did', 'peer_id = ANY ((SELECT party_peers())::bigint[])'),
        ('balance', 'id = ANY ((SELECT party_balances())::bigint[])'),
        ('billing_pack', 'id = ANY ((SELECT party_packs())::bigint[])'),
        ('price', 'pack_id = ANY ((SELECT party_packs())::bigint[])'),
        ('time_band', 'pack_id = ANY ((SELECT party_packs())::bigint[])'),
        ('holiday', 'pack_id = ANY ((SELECT party_packs())::bigint[])'),
        ('route_class', 'false'),
        ('route', 'false'),
        ('hunting_class', 'false'),
        ('shared', 'false'),
        ('right_grant', 'false'),
        ('role', 'false'),
        ('role_right', 'false'),
        ('login', 'company_id = current_company() OR peer_id = current_peer()'),
        ('open_leg', 'peer_id = ANY ((SELECT party_peers())::bigint[])'),
        ('cdr', 'peer_id = ANY ((SELECT party_peers())::bigint[])'),
        ('charge', 'level = 0 AND debit_balance_id = ANY ((SELECT party_balances())::bigint[])'),
        ('ledger_transfer', 'debit_balance_id = ANY ((SELECT party_balances())::bigint[]) OR credit_balance_id = ANY ((SELECT party_balances())::bigint[])'),
        ('audit_entry', 'false')
    LOOP
        EXECUTE format('CREATE POLICY party ON %I AS RESTRICTIVE FOR ALL TO smartswitch_web USING ((SELECT acts_for_dealer()) OR %s)'
                       ' WITH CHECK ((SELECT acts_for_dealer()))', target, own);
    END LOOP;
    -- Of the tree a customer sees the dealer that serves it, nothing below.
    CREATE POLICY party ON dealer AS RESTRICTIVE FOR ALL TO smartswitch_web
        USING (acts_for_dealer() OR id = current_dealer()) WITH CHECK (acts_for_dealer());
END $$;
-- A person who has logged in as a customer may still change his own password.
DROP POLICY party ON login;
CREATE POLICY party ON login AS RESTRICTIVE FOR ALL TO smartswitch_web
    USING (acts_for_dealer() OR company_id = current_company() OR peer_id = current_peer())
    WITH CHECK (acts_for_dealer() OR company_id = current_company() OR peer_id = current_peer());

-- audit_write: one entry. `by_dealer_id` is the dealer of the person who acts; when he acts for a dealer below, still his own.
CREATE OR REPLACE FUNCTION audit_write(changed_table text, changed_row text, whose bigint, what text, was jsonb, became jsonb)
RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO audit_entry (actor, acting_for, origin, request_id, by_dealer_id, table_name, row_id, dealer_id, action,
                             before, after)
    VALUES (COALESCE(nullif(current_setting('smartswitch.actor', true), ''), session_user),
            nullif(current_setting('smartswitch.acting_for', true), ''),
            nullif(current_setting('smartswitch.origin', true), ''),
            nullif(current_setting('smartswitch.request_id', true), ''),
            COALESCE(nullif(current_setting('smartswitch.actor_dealer', true), '')::bigint, current_dealer()),
            changed_table, changed_row, whose, what, was, became)
$$;
