-- is_check_due: whether the checks of recent calls have rested for nine times as long as the last one took, so that a large
-- ledger is checked less often and the checks never take more than a tenth of the time.
-- $1 interval: how far back a check of recent calls looks; others do not count.
SELECT COALESCE(
    (SELECT now() >= checked_at + duration_ms * 10 * interval '1 millisecond'
     FROM ledger_verdict
     WHERE checked_at - since <= $1
     ORDER BY checked_at DESC
     LIMIT 1), true)
