-- refuse_change: what is in the ledger, in a CDR and in the audit log is neither changed nor removed, by anybody.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only', TABLE = TG_TABLE_NAME,
              HINT = 'Correct a mistake with a new row.';
END $$;

-- make_append_only: refuse UPDATE, DELETE and TRUNCATE on a table. Row triggers of a partitioned table come down to its
-- partitions by themselves, TRUNCATE triggers do not.
CREATE FUNCTION make_append_only(target regclass) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION refuse_change()', target);
    EXECUTE format('CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', target);
END $$;
REVOKE EXECUTE ON FUNCTION make_append_only FROM PUBLIC;

SELECT make_append_only(name::regclass) FROM unnest(ARRAY['cdr', 'charge', 'ledger_transfer', 'audit_entry', 'audit_chain']) AS name;
