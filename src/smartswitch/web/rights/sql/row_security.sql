-- The second wall between tenants: smartswitch_web sees and changes only what belongs to the subtree of the dealer for whom
-- it acts (current_dealer()); if for nobody, nothing. Policies of the other roles are open: they serve all dealers.
-- The conditions are written out, not hidden in a function, so that the planner may look a dealer up or hash the subtree.

-- allow_web: one policy for smartswitch_web.
CREATE FUNCTION allow_web(target text, command text, condition text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE POLICY web_%s ON %I FOR %s TO smartswitch_web %s', lower(command), target, command,
        CASE command WHEN 'INSERT' THEN format('WITH CHECK (%s)', condition)
                     WHEN 'UPDATE' THEN format('USING (%1$s) WITH CHECK (%1$s)', condition)
                     WHEN 'ALL' THEN format('USING (%1$s) WITH CHECK (%1$s)', condition)
                     ELSE format('USING (%s)', condition) END);
END $$;

-- dealer_owns: whether a pack or route class belongs to the subtree of the current dealer, and so may be shared.
CREATE FUNCTION dealer_owns(noun text, object_id bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE noun
        WHEN 'route_class' THEN (SELECT dealer_in_subtree(c.dealer_id) FROM route_class AS c WHERE c.id = dealer_owns.object_id)
        WHEN 'billing_pack' THEN (SELECT dealer_in_subtree(p.dealer_id) FROM billing_pack AS p WHERE p.id = dealer_owns.object_id)
    END
$$;

DO $$
DECLARE
    target text;
    mine CONSTANT text := 'EXISTS (SELECT FROM dealer AS d WHERE d.id = %s AND d.path @> ARRAY[current_dealer()])';
    owned CONSTANT text := format(mine, 'dealer_id');
    shared_with_me CONSTANT text :=
        'EXISTS (SELECT FROM shared AS s WHERE s.noun = %L AND s.object_id = %I.id AND s.with_dealer_id = ANY (current_dealer_path()))';
BEGIN
    FOREACH target IN ARRAY ARRAY['dealer', 'company', 'peer', 'terminator', 'peer_address', 'number_translation', 'did',
        'balance', 'billing_pack', 'time_band', 'holiday', 'price', 'exchange_rate', 'route_class', 'route',
        'hunting_class', 'shared', 'right_grant', 'role', 'role_right', 'login', 'open_leg', 'cdr', 'charge',
        'ledger_transfer', 'audit_entry'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target);
        EXECUTE format('CREATE POLICY machines ON %I TO smartswitch_worker USING (true) WITH CHECK (true)', target);
    END LOOP;

    -- The tree itself. A dealer makes and removes dealers below it, never itself.
    PERFORM allow_web('dealer', 'SELECT', 'path @> ARRAY[current_dealer()]');
    PERFORM allow_web('dealer', 'UPDATE', 'path @> ARRAY[current_dealer()]');
    PERFORM allow_web('dealer', 'INSERT', 'path @> ARRAY[current_dealer()] AND id <> current_dealer()');
    PERFORM allow_web('dealer', 'DELETE', 'path @> ARRAY[current_dealer()] AND id <> current_dealer()');

    FOREACH target IN ARRAY ARRAY['company', 'peer', 'did', 'hunting_class', 'role'] LOOP
        PERFORM allow_web(target, 'ALL', owned);
    END LOOP;

    -- What may be shared, or is the price list at which one buys, may be seen besides.
    PERFORM allow_web('route_class', 'ALL', owned);
    PERFORM allow_web('route_class', 'SELECT', format(shared_with_me, 'route_class', 'route_class'));
    PERFORM allow_web('billing_pack', 'ALL', owned);
    PERFORM allow_web('billing_pack', 'SELECT', format(shared_with_me, 'billing_pack', 'billing_pack')
        || ' OR EXISTS (SELECT FROM dealer AS d WHERE d.id = current_dealer() AND billing_pack.id IN (d.pack_id, d.inbound_pack_id))');
    FOREACH target IN ARRAY ARRAY['price', 'time_band', 'holiday'] LOOP
        PERFORM allow_web(target, 'ALL', 'EXISTS (SELECT FROM billing_pack AS p WHERE p.id = pack_id AND '
            || format(mine, 'p.dealer_id') || ')');
        PERFORM allow_web(target, 'SELECT', 'EXISTS (SELECT FROM billing_pack AS p WHERE p.id = pack_id)');
    END LOOP;
    PERFORM allow_web('route', 'ALL', 'EXISTS (SELECT FROM route_class AS c WHERE c.id = route_class_id AND '
        || format(mine, 'c.dealer_id') || ')');
    PERFORM allow_web('route', 'SELECT', 'EXISTS (SELECT FROM route_class AS c WHERE c.id = route_class_id)');
    PERFORM allow_web('shared', 'SELECT', 'with_dealer_id = ANY (current_dealer_path()) OR ' || format(mine, 'with_dealer_id'));
    PERFORM allow_web('shared', 'ALL', format(mine, 'with_dealer_id') || ' AND dealer_owns(noun, object_id)');

    -- What hangs on a peer or a role.
    FOREACH target IN ARRAY ARRAY['terminator', 'number_translation'] LOOP
        PERFORM allow_web(target, 'ALL', 'EXISTS (SELECT FROM peer AS p WHERE p.id = peer_id)');
    END LOOP;
    PERFORM allow_web('peer_address', 'ALL',
        'EXISTS (SELECT FROM peer AS p WHERE p.id = peer_id) OR (peer_id IS NULL AND current_dealer_is_owner())');
    PERFORM allow_web('role_right', 'ALL', 'EXISTS (SELECT FROM role AS r WHERE r.id = role_id)');

    -- Nobody grants himself a right, or credit; a new balance is empty.
    PERFORM allow_web('right_grant', 'SELECT', owned);
    FOREACH target IN ARRAY ARRAY['INSERT', 'UPDATE', 'DELETE'] LOOP
        PERFORM allow_web('right_grant', target, 'dealer_id <> current_dealer() AND ' || owned);
    END LOOP;
    PERFORM allow_web('balance', 'SELECT', owned);
    PERFORM allow_web('balance', 'INSERT',
        'amount = 0 AND held = 0 AND live_calls = 0 AND (current_dealer_is_owner() OR ' || owned
        || ' OR (kind = ''dealer'' AND NOT dealer_exists(dealer_id)))');
    PERFORM allow_web('balance', 'UPDATE', owned
        || ' AND (kind <> ''dealer'' OR dealer_id <> current_dealer() OR current_dealer_is_owner())');
    PERFORM allow_web('balance', 'DELETE', owned);

    -- A person who logs in acts for nobody yet: then a login may be found and its last use noted.
    PERFORM allow_web('login', 'SELECT', 'current_dealer() IS NULL OR ' || owned);
    PERFORM allow_web('login', 'UPDATE', 'current_dealer() IS NULL OR ' || owned);
    PERFORM allow_web('login', 'INSERT', owned);
    PERFORM allow_web('login', 'DELETE', owned);

    PERFORM allow_web('exchange_rate', 'SELECT', 'true');
    PERFORM allow_web('exchange_rate', 'ALL', 'current_dealer_is_owner()');

    -- Calls and money.
    PERFORM allow_web('open_leg', 'SELECT', 'current_dealer() = ANY (dealer_ids)');
    PERFORM allow_web('cdr', 'SELECT', 'current_dealer() = ANY (dealer_ids)');
    PERFORM allow_web('charge', 'SELECT', owned);
    PERFORM allow_web('ledger_transfer', 'SELECT',
        'EXISTS (SELECT FROM balance AS b WHERE b.id IN (debit_balance_id, credit_balance_id))');

    -- Changes made by those below and by oneself; never upward, never sideways. The owner sees all.
    PERFORM allow_web('audit_entry', 'SELECT', format(mine, 'by_dealer_id') || ' OR current_dealer_is_owner()');
END $$;
