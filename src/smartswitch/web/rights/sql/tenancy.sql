-- Every row that belongs to a dealer carries the dealer's tenant, whatever was written.
DO $$
DECLARE
    target text;
BEGIN
    FOREACH target IN ARRAY ARRAY['company', 'peer', 'did', 'balance', 'billing_pack', 'route_class', 'hunting_class'] LOOP
        EXECUTE format('CREATE TRIGGER tenant BEFORE INSERT OR UPDATE OF dealer_id, tenant_id ON %I FOR EACH ROW EXECUTE FUNCTION tenant_of_dealer()', target);
    END LOOP;
END $$;
