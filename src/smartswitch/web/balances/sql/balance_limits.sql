-- The limit on live calls refuses one more call, but may be set below the present number at any time.
-- The condition is evaluated without calling the function, so a call costs next to nothing.
CREATE FUNCTION balance_call_limit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'balance % of %: % live calls exceed the limit of %', NEW.id, NEW.party, NEW.live_calls, NEW.call_limit
        USING ERRCODE = 'check_violation', CONSTRAINT = 'balance_call_limit', TABLE = 'balance';
END $$;
CREATE TRIGGER balance_call_limit BEFORE UPDATE OF live_calls ON balance
    FOR EACH ROW WHEN (NEW.live_calls > OLD.live_calls AND NEW.live_calls > NEW.call_limit)
    EXECUTE FUNCTION balance_call_limit();

-- Each call updates some of these rows twice: half a page is left free, so that the new version fits beside the old one
-- and no index is touched (HOT), and dead versions go early.
ALTER TABLE balance SET (
    fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.2
);

-- A node decides on balances as it remembers them, and writes only where the version is still the one it knows: so every
-- change raises the version, whoever makes it.
CREATE FUNCTION balance_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER balance_version BEFORE UPDATE ON balance
    FOR EACH ROW WHEN (NEW.version = OLD.version)
    EXECUTE FUNCTION balance_version();
