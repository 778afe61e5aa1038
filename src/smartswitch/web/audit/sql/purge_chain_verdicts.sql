-- purge_chain_verdicts: forget verdicts that found nothing ($1 interval) and those that found something ($2 interval); how many.
WITH gone AS (
    DELETE FROM audit_verdict WHERE checked_at < now() - CASE WHEN ok THEN $1::interval ELSE $2::interval END RETURNING 1
)
SELECT count(*) FROM gone
