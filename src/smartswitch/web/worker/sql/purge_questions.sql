-- purge_questions: forget questions whose askers went away without deleting them ($1 interval: how old); how many.
WITH gone AS (
    DELETE FROM node_question WHERE asked_at < now() - $1::interval RETURNING 1
)
SELECT count(*) FROM gone
