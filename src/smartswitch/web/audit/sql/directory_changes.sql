-- Nodes keep the directory (parties, packs, routes) in memory and listen on the channel `directory`. The payload is the name
-- of the table that changed; for what belongs to a pack, with the id of the pack: price:12. Nothing changed, nothing said.

CREATE FUNCTION directory_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    is_empty boolean := false;
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT NOT EXISTS (SELECT FROM old_rows) INTO is_empty;
    ELSIF TG_OP <> 'TRUNCATE' THEN
        SELECT NOT EXISTS (SELECT FROM new_rows) INTO is_empty;
    END IF;
    IF NOT is_empty THEN
        PERFORM pg_notify('directory', TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;

-- pack_changed: prices, time bands and holidays; the version of their pack rises. For prices this is also the proof that the
-- pack exists, since they have no foreign key.
CREATE FUNCTION pack_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    pack_ids bigint[];
    found_packs bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT pack_id) INTO pack_ids FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT pack_id) INTO pack_ids FROM old_rows;
    ELSE
        SELECT array_agg(DISTINCT pack_id) INTO pack_ids
        FROM (SELECT pack_id FROM new_rows UNION SELECT pack_id FROM old_rows) AS v;
    END IF;
    SELECT count(*) INTO found_packs
    FROM (SELECT FROM billing_pack WHERE id = ANY (pack_ids) ORDER BY id FOR NO KEY UPDATE) AS v;
    IF TG_OP <> 'DELETE' AND found_packs < cardinality(pack_ids) THEN
        RAISE EXCEPTION '%: one of the billing packs % does not exist', TG_TABLE_NAME, pack_ids
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'price_of_pack', TABLE = TG_TABLE_NAME;
    END IF;
    UPDATE billing_pack SET version = version + 1 WHERE id = ANY (pack_ids);
    PERFORM pg_notify('directory', TG_TABLE_NAME || ':' || pack_id) FROM unnest(pack_ids) AS pack_id;
    RETURN NULL;
END $$;

DO $$
DECLARE
    target text;
    operation text;
    said_by text;
BEGIN
    FOREACH target IN ARRAY ARRAY['dealer', 'company', 'peer', 'terminator', 'peer_address', 'number_translation', 'did',
                                  'billing_pack', 'exchange_rate', 'route_class', 'route', 'hunting_class', 'shared',
                                  'price', 'time_band', 'holiday'] LOOP
        said_by := CASE WHEN target IN ('price', 'time_band', 'holiday') THEN 'pack_changed' ELSE 'directory_changed' END;
        FOREACH operation IN ARRAY ARRAY['INSERT', 'UPDATE', 'DELETE'] LOOP
            EXECUTE format('CREATE TRIGGER directory_%s AFTER %s ON %I REFERENCING %s FOR EACH STATEMENT %s EXECUTE FUNCTION %I()',
                lower(operation), operation, target,
                CASE operation WHEN 'INSERT' THEN 'NEW TABLE AS new_rows' WHEN 'DELETE' THEN 'OLD TABLE AS old_rows'
                               ELSE 'OLD TABLE AS old_rows NEW TABLE AS new_rows' END,
                -- A pack whose version rises because of its prices is told of by its prices.
                CASE WHEN target = 'billing_pack' AND operation = 'UPDATE' THEN 'WHEN (pg_trigger_depth() = 0)' ELSE '' END,
                said_by);
        END LOOP;
        EXECUTE format('CREATE TRIGGER directory_truncate AFTER TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION directory_changed()',
            target);
    END LOOP;
END $$;
