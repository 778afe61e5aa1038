-- read_closed_answers: the remembered answers of legs that have their CDR.
-- $1 uuid[] call ids, $2 smallint[] legs, $3 timestamptz[] creation times, from the call ids (parallel arrays).
SELECT c.call_id, c.leg, c.answers
FROM unnest($1::uuid[], $2::smallint[], $3::timestamptz[]) AS k (call_id, leg, created_at)
JOIN cdr AS c ON c.created_at = k.created_at AND c.call_id = k.call_id AND c.leg = k.leg
