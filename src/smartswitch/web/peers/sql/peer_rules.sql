-- A peer's company is a company of the same dealer.
ALTER TABLE peer ADD CONSTRAINT peer_company_of_same_dealer FOREIGN KEY (company_id, dealer_id)
    REFERENCES company (id, dealer_id) DEFERRABLE INITIALLY DEFERRED;

-- A peer's kind never changes, and only a terminator has a terminator row.
CREATE FUNCTION peer_kind() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'peer' THEN
        RAISE EXCEPTION 'peer %: it is a % and never becomes a %', OLD.key, OLD.kind, NEW.kind
            USING ERRCODE = 'check_violation', CONSTRAINT = 'peer_kind_is_fixed', TABLE = 'peer';
    END IF;
    IF NOT EXISTS (SELECT FROM peer WHERE id = NEW.peer_id AND kind = 'terminator') THEN
        RAISE EXCEPTION 'peer % is no terminator', NEW.peer_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'terminator_is_a_terminator', TABLE = 'terminator';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER peer_kind BEFORE UPDATE OF kind ON peer
    FOR EACH ROW WHEN (OLD.kind IS DISTINCT FROM NEW.kind) EXECUTE FUNCTION peer_kind();
CREATE TRIGGER terminator_kind BEFORE INSERT OR UPDATE OF peer_id ON terminator
    FOR EACH ROW EXECUTE FUNCTION peer_kind();
