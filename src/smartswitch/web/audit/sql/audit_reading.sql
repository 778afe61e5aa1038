-- Reading the log when it is long: who may read, what hangs on a row, where entries come from, and the proof in slices.

-- As before (changes made by those below and by oneself, the owner sees all), asked once a statement and not once a row.
DROP POLICY web_select ON audit_entry;
CREATE POLICY web_select ON audit_entry FOR SELECT TO smartswitch_web
    USING ((SELECT current_dealer_is_owner()) OR by_dealer_id = ANY ((SELECT current_house())::bigint[]));

-- audit_parent: the id of the row in which a row stands: what has no dealer of its own hangs on what it names first.
CREATE FUNCTION audit_parent(changed_table text, fields jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN changed_table = 'right_grant' THEN fields ->> 'dealer_id'
        WHEN changed_table = 'shared' THEN fields ->> 'with_dealer_id'
        WHEN fields ? 'dealer_id' THEN NULL
        ELSE COALESCE(fields ->> 'peer_id', fields ->> 'pack_id', fields ->> 'route_class_id', fields ->> 'role_id',
                      fields ->> 'login_id')
    END
$$;
CREATE INDEX audit_entry_parent ON audit_entry (table_name, audit_parent(table_name, COALESCE(after, before)))
    WHERE audit_parent(table_name, COALESCE(after, before)) IS NOT NULL;

-- audit_history: the newest entries of a row, of its balance, and of the rows of other tables that hang on it. It gives
-- numbers only; what they say is read under the reader's own policies.
CREATE FUNCTION audit_history(of_table text, of_row text, of_balance text, hanging text[], up_to timestamptz, most integer)
RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH standing AS (
        SELECT e.id, e.table_name, e.row_id FROM audit_entry AS e
        WHERE e.table_name = ANY (hanging) AND audit_parent(e.table_name, COALESCE(e.after, e.before)) = of_row
    ), found AS (
        SELECT e.id, e.created_at FROM audit_entry AS e WHERE e.table_name = of_table AND e.row_id = of_row
        UNION
        SELECT e.id, e.created_at FROM audit_entry AS e WHERE e.table_name = 'balance' AND e.row_id = of_balance
        UNION
        SELECT e.id, e.created_at FROM audit_entry AS e WHERE e.id IN (SELECT s.id FROM standing AS s)
        UNION
        SELECT e.id, e.created_at FROM audit_entry AS e
        JOIN (SELECT DISTINCT s.table_name, s.row_id FROM standing AS s) AS t
            ON e.table_name = t.table_name AND e.row_id = t.row_id
    )
    SELECT f.id FROM found AS f WHERE f.created_at <= up_to ORDER BY f.created_at DESC, f.id DESC LIMIT most
$$;
REVOKE EXECUTE ON FUNCTION audit_history FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_history TO smartswitch_web;

-- audit_origin: a change that does not say where it comes from comes from a process, told by its role, or from a hand in the
-- database.
CREATE FUNCTION audit_origin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.origin := CASE current_setting('role')
        WHEN 'smartswitch_worker' THEN 'worker'
        WHEN 'smartswitch_web' THEN 'web'
        ELSE CASE session_user WHEN 'smartswitch_worker' THEN 'worker' WHEN 'smartswitch_web' THEN 'web' ELSE 'database' END
    END;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_origin BEFORE INSERT ON audit_entry
    FOR EACH ROW WHEN (NEW.origin IS NULL) EXECUTE FUNCTION audit_origin();

-- audit_chain_slice: `most` links from a place on, of which the hash is known. A row for each break, and one for the last link
-- (whose problem may be null), from which the next slice goes on; no row at the end of the chain.
CREATE FUNCTION audit_chain_slice(after_place bigint, after_hash bytea, most integer)
RETURNS TABLE (place bigint, entry_id bigint, problem text, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH slice AS MATERIALIZED (
        SELECT c.position, c.entry_id, c.hash FROM audit_chain AS c WHERE c.position > after_place ORDER BY c.position LIMIT most
    ), link AS (
        SELECT s.position, s.entry_id, s.hash, e AS entry, e.id AS found_id,
               lag(s.hash, 1, after_hash) OVER w AS previous_hash, lag(s.position, 1, after_place) OVER w AS previous_position
        FROM slice AS s
        LEFT JOIN audit_entry AS e ON e.id = s.entry_id
        WINDOW w AS (ORDER BY s.position)
    ), judged AS (
        SELECT l.position, l.entry_id, l.hash, CASE
            WHEN l.position <> l.previous_position + 1 THEN 'places before it are missing'
            WHEN l.found_id IS NULL THEN 'the entry is missing'
            WHEN l.hash <> audit_hash(l.previous_hash, l.entry) THEN 'the entry was altered' END AS problem
        FROM link AS l
    )
    SELECT j.position, j.entry_id, j.problem, j.hash FROM judged AS j
    WHERE j.problem IS NOT NULL OR j.position = (SELECT max(s.position) FROM slice AS s)
    ORDER BY j.position
$$;

-- audit_chain_breaks: every place at which the log is not what was written; no row if it is whole. It goes through the chain
-- slice by slice, so that it needs as little memory for a million entries as for a thousand.
CREATE OR REPLACE FUNCTION audit_chain_breaks() RETURNS TABLE (place bigint, entry_id bigint, problem text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    links_at_once CONSTANT integer := 10000;
    known_place bigint := 0;
    known_hash bytea := '';
    has_more boolean := true;
    link record;
BEGIN
    WHILE has_more LOOP
        has_more := false;
        FOR link IN SELECT * FROM audit_chain_slice(known_place, known_hash, links_at_once) LOOP
            has_more := true;
            known_place := link.place;
            known_hash := link.hash;
            IF link.problem IS NOT NULL THEN
                RETURN QUERY SELECT link.place, link.entry_id, link.problem;
            END IF;
        END LOOP;
    END LOOP;
    RETURN QUERY SELECT NULL::bigint, e.id, 'the entry was never chained'
        FROM audit_entry AS e WHERE NOT EXISTS (SELECT FROM audit_chain AS c WHERE c.entry_id = e.id);
END $$;
REVOKE EXECUTE ON FUNCTION audit_chain_slice FROM PUBLIC;
GRANT SELECT ON audit_entry, audit_chain TO smartswitch_worker;

-- The verdicts of the check: the worker keeps them, the owner reads them.
ALTER TABLE audit_verdict ENABLE ROW LEVEL SECURITY;
CREATE POLICY machines ON audit_verdict TO smartswitch_worker USING (true) WITH CHECK (true);
CREATE POLICY web_select ON audit_verdict FOR SELECT TO smartswitch_web USING ((SELECT current_dealer_is_owner()));
CREATE POLICY party ON audit_verdict AS RESTRICTIVE FOR ALL TO smartswitch_web USING ((SELECT acts_for_dealer()));
GRANT SELECT, INSERT, DELETE ON audit_verdict TO smartswitch_worker;
GRANT SELECT ON audit_verdict TO smartswitch_web;
