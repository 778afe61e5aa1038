-- is_chain_check_due: whether the checks have rested for nine times as long as the last one took.
SELECT COALESCE(
    (SELECT now() >= checked_at + duration_ms * 10 * interval '1 millisecond'
     FROM audit_verdict ORDER BY checked_at DESC LIMIT 1), true)
