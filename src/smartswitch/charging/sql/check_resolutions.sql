-- check_resolutions: legs that are open and have a CDR as well, or have two CDRs: a hold resolved twice.
-- $1 timestamptz: CDRs from then on.
SELECT c.call_id, c.leg, 'open and closed' AS what
FROM open_leg AS o
JOIN cdr AS c ON c.call_id = o.call_id AND c.leg = o.leg
UNION ALL
SELECT call_id, leg, 'two CDRs'
FROM cdr
WHERE created_at >= $1
GROUP BY call_id, leg
HAVING count(*) > 1
LIMIT 100
