-- One partition a month (UTC) for cdr, charge and ledger_transfer. There is no default partition: a row outside the months
-- that exist is refused ("no partition of relation ... found for row") instead of lying where nobody looks.

-- make_partitions_between: the partitions of all months from one day's to another's; returns how many were made.
-- A partition is made aside and attached, which does not wait for, nor stop, those who write to or read the table.
CREATE FUNCTION make_partitions_between(first_day date, last_day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    parent text;
    partition_name text;
    month timestamptz := date_trunc('month', first_day::timestamptz);
    made integer := 0;
BEGIN
    IF last_day - first_day > 1200 * 31 THEN
        RAISE EXCEPTION 'from % to % are more months than a hundred years have', first_day, last_day;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('smartswitch.partitions'));
    WHILE month <= last_day LOOP
        FOREACH parent IN ARRAY ARRAY['cdr', 'charge', 'ledger_transfer'] LOOP
            partition_name := parent || to_char(month, '_YYYY_MM');
            CONTINUE WHEN to_regclass(partition_name) IS NOT NULL;
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)',
                           partition_name, parent);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                           parent, partition_name, month, month + interval '1 month');
            EXECUTE format('CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
                           partition_name);
            made := made + 1;
        END LOOP;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END $$;
REVOKE EXECUTE ON FUNCTION make_partitions_between FROM PUBLIC;

-- make_partitions: last month, this month, and so many ahead. The worker calls it every day.
CREATE FUNCTION make_partitions(months_ahead integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT make_partitions_between(((now() AT TIME ZONE 'UTC') - interval '1 month')::date,
                                   ((now() AT TIME ZONE 'UTC') + make_interval(months => months_ahead))::date)
$$;
REVOKE EXECUTE ON FUNCTION make_partitions FROM PUBLIC;

SELECT make_partitions(3);
