-- Base classes of route classes form no cycle; two changes of base classes exclude each other.
CREATE FUNCTION route_class_base() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    above bigint := NEW.base_class_id;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('smartswitch.route_class_base'));
    WHILE above IS NOT NULL LOOP
        IF above = NEW.id THEN
            RAISE EXCEPTION 'route class %: its base classes lead back to itself', NEW.key
                USING ERRCODE = 'check_violation', CONSTRAINT = 'route_class_base_has_no_cycle', TABLE = 'route_class';
        END IF;
        SELECT base_class_id INTO above FROM route_class WHERE id = above;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER route_class_base BEFORE INSERT OR UPDATE OF base_class_id ON route_class
    FOR EACH ROW WHEN (NEW.base_class_id IS NOT NULL) EXECUTE FUNCTION route_class_base();
