-- The tree of dealers: path and tenant are computed from the parent, so that they cannot be wrong; a cycle is refused.
-- A move takes an exclusive advisory lock for its transaction, everything that reads a place in the tree a shared one.

CREATE UNIQUE INDEX dealer_one_owner ON dealer ((parent_id IS NULL)) WHERE parent_id IS NULL;
ALTER TABLE dealer
    ADD CONSTRAINT dealer_path_ends_in_itself CHECK (path[cardinality(path)] = id),
    ADD CONSTRAINT dealer_path_goes_through_its_parent CHECK (path[cardinality(path) - 1] IS NOT DISTINCT FROM parent_id),
    ADD CONSTRAINT dealer_tenant_is_at_the_top CHECK (tenant_id = COALESCE(path[2], id));

-- dealer_place: the path of a dealer that is made or moved.
CREATE FUNCTION dealer_place() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent_path bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('smartswitch.dealer_tree'));
    ELSIF NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'dealer %: its id never changes', OLD.key
            USING ERRCODE = 'check_violation', CONSTRAINT = 'dealer_id_is_fixed', TABLE = 'dealer';
    ELSIF NEW.parent_id IS DISTINCT FROM OLD.parent_id THEN
        PERFORM pg_advisory_xact_lock(hashtext('smartswitch.dealer_tree'));
    END IF;
    IF NEW.parent_id IS NOT NULL THEN
        SELECT path INTO parent_path FROM dealer WHERE id = NEW.parent_id;
        IF parent_path IS NULL THEN
            RAISE EXCEPTION 'dealer %: there is no dealer % to be its parent', NEW.key, NEW.parent_id
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'dealer_parent_exists', TABLE = 'dealer';
        END IF;
        IF NEW.id = ANY (parent_path) THEN
            RAISE EXCEPTION 'dealer % cannot be moved below itself', NEW.key
                USING ERRCODE = 'check_violation', CONSTRAINT = 'dealer_tree_has_no_cycle', TABLE = 'dealer';
        END IF;
    END IF;
    NEW.path := parent_path || NEW.id;
    NEW.tenant_id := COALESCE(NEW.path[2], NEW.id);
    RETURN NEW;
END $$;
CREATE TRIGGER dealer_place BEFORE INSERT OR UPDATE OF id, parent_id, path, tenant_id ON dealer
    FOR EACH ROW EXECUTE FUNCTION dealer_place();

-- dealer_followers: what is below a moved dealer follows it, one generation at a time; so does what it owns.
CREATE FUNCTION dealer_followers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE dealer SET path = path WHERE parent_id = NEW.id;
    END IF;
    UPDATE balance SET tenant_id = NEW.tenant_id WHERE dealer_id = NEW.id AND tenant_id <> NEW.tenant_id;
    IF TG_OP = 'UPDATE' AND NEW.tenant_id <> OLD.tenant_id THEN
        UPDATE company SET tenant_id = NEW.tenant_id WHERE dealer_id = NEW.id;
        UPDATE peer SET tenant_id = NEW.tenant_id WHERE dealer_id = NEW.id;
        UPDATE did SET tenant_id = NEW.tenant_id WHERE dealer_id = NEW.id;
        UPDATE billing_pack SET tenant_id = NEW.tenant_id WHERE dealer_id = NEW.id;
        UPDATE route_class SET tenant_id = NEW.tenant_id WHERE dealer_id = NEW.id;
        UPDATE hunting_class SET tenant_id = NEW.tenant_id WHERE dealer_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER dealer_made AFTER INSERT ON dealer FOR EACH ROW EXECUTE FUNCTION dealer_followers();
CREATE TRIGGER dealer_moved AFTER UPDATE ON dealer
    FOR EACH ROW WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION dealer_followers();

-- tenant_of_dealer: for every table with dealer_id and tenant_id. A dealer's first balance is made before the dealer:
-- then what was given stays, and dealer_followers puts it right.
CREATE FUNCTION tenant_of_dealer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    tenant bigint;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('smartswitch.dealer_tree'));
    SELECT tenant_id INTO tenant FROM dealer WHERE id = NEW.dealer_id;
    NEW.tenant_id := COALESCE(tenant, NEW.tenant_id);
    RETURN NEW;
END $$;

-- current_dealer: for whom the present transaction acts (set by the web account), null if for nobody.
CREATE FUNCTION current_dealer() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('smartswitch.dealer', true), '')::bigint
$$;

-- dealer_in_subtree: whether a dealer is the current one or below it.
CREATE FUNCTION dealer_in_subtree(looked_for bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM dealer WHERE id = looked_for AND path @> ARRAY[current_dealer()])
$$;

-- dealer_exists: whether there is such a dealer at all, visible or not.
CREATE FUNCTION dealer_exists(looked_for bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM dealer WHERE id = looked_for)
$$;

-- current_dealer_path: the path of the current dealer, from the owner down.
CREATE FUNCTION current_dealer_path() RETURNS bigint[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT path FROM dealer WHERE id = current_dealer()
$$;

-- current_dealer_is_owner: whether the present transaction acts for the owner.
CREATE FUNCTION current_dealer_is_owner() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM dealer WHERE id = current_dealer() AND parent_id IS NULL)
$$;

-- dealer_terms: what a dealer pays and may do is set by those above it, never by itself.
CREATE FUNCTION dealer_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'dealer %: its own place, packs, limits and block are set by the dealer above', OLD.key
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'dealer_terms_come_from_above', TABLE = 'dealer';
END $$;
CREATE TRIGGER dealer_terms BEFORE UPDATE ON dealer
    FOR EACH ROW WHEN (
        OLD.id = current_dealer() AND OLD.parent_id IS NOT NULL
        AND (OLD.key, OLD.parent_id, OLD.currency, OLD.pack_id, OLD.inbound_pack_id, OLD.balance_id, OLD.is_blocked,
             OLD.is_virtual_pbx, OLD.calls_per_second_limit)
            IS DISTINCT FROM
            (NEW.key, NEW.parent_id, NEW.currency, NEW.pack_id, NEW.inbound_pack_id, NEW.balance_id, NEW.is_blocked,
             NEW.is_virtual_pbx, NEW.calls_per_second_limit)
    ) EXECUTE FUNCTION dealer_terms();
