-- What is audited: every change of configuration, with the fields that changed. Who acts comes from settings of the
-- transaction: smartswitch.actor, .acting_for, .origin, .request_id, and .dealer (for whom).

-- audit_visible: a row as the log may show it: secrets are hidden, what triggers compute or calls move is left out.
CREATE FUNCTION audit_visible(fields jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    secret text;
BEGIN
    FOREACH secret IN ARRAY ARRAY['password', 'ha1_md5', 'ha1_sha256', 'auth_password_encrypted'] LOOP
        IF fields ->> secret IS NOT NULL THEN
            fields := jsonb_set(fields, ARRAY[secret], '"(secret)"');
        END IF;
    END LOOP;
    RETURN fields - ARRAY['path', 'tenant_id', 'amount', 'held', 'live_calls', 'version', 'last_login'];
END $$;

-- audit_difference: the fields of one row whose values in the other are different.
CREATE FUNCTION audit_difference(one jsonb, other jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT COALESCE(jsonb_object_agg(key, value), '{}') FROM jsonb_each(one) WHERE other -> key IS DISTINCT FROM value
$$;

-- audit_dealer: whose row it is.
CREATE FUNCTION audit_dealer(changed_table text, fields jsonb) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN CASE
        WHEN changed_table = 'dealer' THEN (fields ->> 'id')::bigint
        WHEN changed_table = 'shared' THEN (fields ->> 'with_dealer_id')::bigint
        WHEN fields ? 'dealer_id' THEN (fields ->> 'dealer_id')::bigint
        WHEN fields ? 'peer_id' THEN (SELECT dealer_id FROM peer WHERE id = (fields ->> 'peer_id')::bigint)
        WHEN fields ? 'pack_id' THEN (SELECT dealer_id FROM billing_pack WHERE id = (fields ->> 'pack_id')::bigint)
        WHEN fields ? 'route_class_id' THEN (SELECT dealer_id FROM route_class WHERE id = (fields ->> 'route_class_id')::bigint)
        WHEN fields ? 'role_id' THEN (SELECT dealer_id FROM role WHERE id = (fields ->> 'role_id')::bigint)
    END;
END $$;

-- audit_write: one entry.
CREATE FUNCTION audit_write(changed_table text, changed_row text, whose bigint, what text, was jsonb, became jsonb) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO audit_entry (actor, acting_for, origin, request_id, by_dealer_id, table_name, row_id, dealer_id, action,
                             before, after)
    VALUES (COALESCE(nullif(current_setting('smartswitch.actor', true), ''), session_user),
            nullif(current_setting('smartswitch.acting_for', true), ''),
            nullif(current_setting('smartswitch.origin', true), ''),
            nullif(current_setting('smartswitch.request_id', true), ''),
            current_dealer(), changed_table, changed_row, whose, what, was, became)
$$;

-- audit_rows: entries of one statement, from its transition tables. The argument is the name of the key column.
CREATE FUNCTION audit_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM audit_write(TG_TABLE_NAME, f ->> TG_ARGV[0], audit_dealer(TG_TABLE_NAME, f), 'insert', NULL, audit_visible(f))
        FROM (SELECT to_jsonb(n) AS f FROM new_rows AS n) AS v;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM audit_write(TG_TABLE_NAME, f ->> TG_ARGV[0], audit_dealer(TG_TABLE_NAME, f), 'delete', audit_visible(f), NULL)
        FROM (SELECT to_jsonb(o) AS f FROM old_rows AS o) AS v;
    ELSE
        PERFORM audit_write(TG_TABLE_NAME, v.after ->> TG_ARGV[0], audit_dealer(TG_TABLE_NAME, v.after), 'update',
                            audit_visible(audit_difference(v.before, v.after)), audit_visible(audit_difference(v.after, v.before)))
        FROM (
            SELECT b.f AS before, a.f AS after
            FROM (SELECT to_jsonb(o) AS f FROM old_rows AS o) AS b
            JOIN (SELECT to_jsonb(n) AS f FROM new_rows AS n) AS a ON a.f ->> TG_ARGV[0] = b.f ->> TG_ARGV[0]
        ) AS v
        WHERE audit_visible(audit_difference(v.after, v.before)) <> '{}';
    END IF;
    RETURN NULL;
END $$;

-- audit_balance: limits are configuration. Says `balance` as well, so that the nodes look again. Not called by calls.
CREATE FUNCTION audit_balance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    became jsonb := to_jsonb(NEW);
BEGIN
    PERFORM audit_write('balance', NEW.id::text, NEW.dealer_id, 'update',
                        audit_visible(audit_difference(was, became)), audit_visible(audit_difference(became, was)));
    PERFORM pg_notify('balance', NEW.id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_limits AFTER UPDATE OF credit_limit, call_limit ON balance
    FOR EACH ROW WHEN ((OLD.credit_limit, OLD.call_limit) IS DISTINCT FROM (NEW.credit_limit, NEW.call_limit))
    EXECUTE FUNCTION audit_balance();

-- audit_table: put the triggers on a table.
CREATE FUNCTION audit_table(target text, key_column text, trigger_function text, operations text[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    operation text;
BEGIN
    FOREACH operation IN ARRAY operations LOOP
        EXECUTE format('CREATE TRIGGER audit_%s AFTER %s ON %I REFERENCING %s FOR EACH STATEMENT EXECUTE FUNCTION %I(%L)',
            lower(operation), operation, target,
            CASE operation WHEN 'INSERT' THEN 'NEW TABLE AS new_rows' WHEN 'DELETE' THEN 'OLD TABLE AS old_rows'
                           ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows' END,
            trigger_function, key_column);
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION audit_write, audit_table FROM PUBLIC;

SELECT audit_table(name, 'id', 'audit_rows', ARRAY['INSERT', 'UPDATE', 'DELETE'])
FROM unnest(ARRAY['dealer', 'company', 'peer', 'peer_address', 'number_translation', 'did', 'billing_pack', 'time_band',
                  'holiday', 'exchange_rate', 'route_class', 'route', 'hunting_class', 'shared', 'right_grant', 'role',
                  'role_right', 'login']) AS name;
SELECT audit_table('terminator', 'peer_id', 'audit_rows', ARRAY['INSERT', 'UPDATE', 'DELETE']);
SELECT audit_table('balance', 'id', 'audit_rows', ARRAY['INSERT', 'DELETE']);
