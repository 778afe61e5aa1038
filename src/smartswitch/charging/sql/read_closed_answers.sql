-- read_closed_answers: the remembered answers of legs that have their CDR.
-- $1 call ids, $2 legs, $3 creation times (from the call ids): parallel arrays, as array literals.
SELECT c.call_id, c.leg, c.created_at, c.answers, c.result = 'answered' AS is_answered
FROM unnest($1::text::uuid[], $2::text::smallint[], $3::text::timestamptz[]) AS k (call_id, leg, created_at)
JOIN cdr AS c ON c.created_at = k.created_at AND c.call_id = k.call_id AND c.leg = k.leg
