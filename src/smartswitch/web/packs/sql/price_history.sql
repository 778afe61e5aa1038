-- A price belongs to a pack that exists. The trigger that raises the version of packs whose prices change (pack_changed)
-- refuses a pack that is not there, and keeps it locked; this is the other half.
CREATE FUNCTION billing_pack_has_prices() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM price WHERE pack_id = OLD.id) THEN
        RAISE EXCEPTION 'billing pack % has prices', OLD.key
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'price_of_pack', TABLE = 'billing_pack';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER billing_pack_has_prices BEFORE DELETE ON billing_pack
    FOR EACH ROW EXECUTE FUNCTION billing_pack_has_prices();

-- A price that has been in force explains charges: it may be ended, but neither changed nor removed.
CREATE FUNCTION price_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'price % of code %: it has been in force since %, so it can only be ended (valid_to)',
        OLD.id, OLD.code, OLD.valid_from
        USING ERRCODE = 'check_violation', CONSTRAINT = 'price_past_is_fixed', TABLE = 'price';
END $$;
CREATE TRIGGER price_changed BEFORE UPDATE ON price
    FOR EACH ROW WHEN (
        OLD.valid_from < now()
        AND (OLD.id, OLD.pack_id, OLD.code, OLD.band, OLD.price_per_minute, OLD.first_price_per_minute, OLD.connect_fee,
             OLD.min_s, OLD.increment_s, OLD.free_s, OLD.grace_s, OLD.valid_from, OLD.is_blocked)
            IS DISTINCT FROM
            (NEW.id, NEW.pack_id, NEW.code, NEW.band, NEW.price_per_minute, NEW.first_price_per_minute, NEW.connect_fee,
             NEW.min_s, NEW.increment_s, NEW.free_s, NEW.grace_s, NEW.valid_from, NEW.is_blocked)
    ) EXECUTE FUNCTION price_history();
CREATE TRIGGER price_removed BEFORE DELETE ON price
    FOR EACH ROW WHEN (OLD.valid_from < now()) EXECUTE FUNCTION price_history();
