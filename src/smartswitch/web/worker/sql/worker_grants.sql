-- What the worker's role may do: keep its queue, read the ledger to check it, and keep the verdicts.
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers,
    procrastinate_workers TO smartswitch_worker;
GRANT USAGE ON SEQUENCE procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq
    TO smartswitch_worker;
GRANT SELECT ON balance, cdr, charge, ledger_transfer, ledger_entry, open_leg, price TO smartswitch_worker;
GRANT SELECT, INSERT, DELETE ON ledger_verdict TO smartswitch_worker;

-- A verdict names parties of all dealers, so it is for the owner.
ALTER TABLE ledger_verdict ENABLE ROW LEVEL SECURITY;
CREATE POLICY machines ON ledger_verdict TO smartswitch_worker USING (true) WITH CHECK (true);
CREATE POLICY web_select ON ledger_verdict FOR SELECT TO smartswitch_web USING (current_dealer_is_owner());
GRANT SELECT ON ledger_verdict TO smartswitch_web;
