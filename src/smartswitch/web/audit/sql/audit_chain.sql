-- The chain of hashes over the audit log. An entry is written with the change it tells of; at the commit all entries of the
-- transaction take their places in the chain, one transaction after the other under a lock that is held only meanwhile.
-- Were the lock taken when the entry is written, two people changing the same two rows could deadlock on it.

-- audit_hash: the hash of an entry that follows another. Everything in it is text that no setting of a session alters.
CREATE FUNCTION audit_hash(previous bytea, entry audit_entry) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT sha256(previous || convert_to(jsonb_build_array(
        entry.id, (extract(epoch FROM entry.created_at) * 1000000)::bigint, entry.actor, entry.acting_for, entry.origin,
        entry.request_id, entry.table_name, entry.row_id, entry.dealer_id, entry.by_dealer_id, entry.action, entry.before,
        entry.after)::text, 'UTF8'))
$$;

-- audit_append: chain this transaction's entries. Those of others are either invisible or chained already.
CREATE FUNCTION audit_append() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    entry audit_entry;
    place bigint;
    last_hash bytea;
    entry_ids bigint[] := '{}';
    hashes bytea[] := '{}';
BEGIN
    IF EXISTS (SELECT FROM audit_chain WHERE entry_id = NEW.id) THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('smartswitch.audit_chain'));
    SELECT position, hash INTO place, last_hash FROM audit_chain ORDER BY position DESC LIMIT 1;
    last_hash := COALESCE(last_hash, ''::bytea);
    FOR entry IN
        SELECT e.* FROM audit_entry AS e
        WHERE e.id >= NEW.id AND NOT EXISTS (SELECT FROM audit_chain AS c WHERE c.entry_id = e.id)
        ORDER BY e.id
    LOOP
        last_hash := audit_hash(last_hash, entry);
        entry_ids := entry_ids || entry.id;
        hashes := hashes || last_hash;
    END LOOP;
    INSERT INTO audit_chain (position, entry_id, hash)
    SELECT COALESCE(place, 0) + n, entry_id, hash FROM unnest(entry_ids, hashes) WITH ORDINALITY AS v (entry_id, hash, n);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER audit_append AFTER INSERT ON audit_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION audit_append();

-- audit_chain_breaks: every place at which the log is not what was written; no row if it is whole.
CREATE FUNCTION audit_chain_breaks() RETURNS TABLE (place bigint, entry_id bigint, problem text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH link AS (
        SELECT c.position, c.entry_id, c.hash, e AS entry, e.id AS found_id,
               lag(c.hash, 1, ''::bytea) OVER (ORDER BY c.position) AS previous_hash,
               lag(c.position, 1, 0::bigint) OVER (ORDER BY c.position) AS previous_position
        FROM audit_chain AS c
        LEFT JOIN audit_entry AS e ON e.id = c.entry_id
    )
    SELECT position, entry_id, CASE
        WHEN position <> previous_position + 1 THEN 'places before it are missing'
        WHEN found_id IS NULL THEN 'the entry is missing'
        ELSE 'the entry was altered' END
    FROM link
    WHERE position <> previous_position + 1 OR found_id IS NULL OR hash <> audit_hash(previous_hash, entry)
    UNION ALL
    SELECT NULL, e.id, 'the entry was never chained'
    FROM audit_entry AS e
    WHERE NOT EXISTS (SELECT FROM audit_chain AS c WHERE c.entry_id = e.id)
$$;
REVOKE EXECUTE ON FUNCTION audit_chain_breaks FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_chain_breaks TO smartswitch_worker;
