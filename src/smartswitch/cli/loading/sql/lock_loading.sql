-- lock_loading: one load at a time; the lock goes with the transaction.
SELECT pg_advisory_xact_lock(hashtext('smartswitch.load'))
