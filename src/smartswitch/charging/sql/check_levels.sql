-- check_levels: answered legs that are not charged at every level of their chain, once each; and charges of legs that
-- were not answered.
-- $1 timestamptz: legs from then on.
WITH charged AS (
    SELECT created_at, call_id, leg, count(*) FILTER (WHERE level < 99) AS levels,
           count(DISTINCT level) FILTER (WHERE level < 99) AS different, COALESCE(max(level) FILTER (WHERE level < 99), -1) AS top
    FROM charge
    WHERE created_at >= $1
    GROUP BY created_at, call_id, leg
)
SELECT COALESCE(c.call_id, h.call_id) AS call_id, COALESCE(c.leg, h.leg) AS leg, c.level_count,
       COALESCE(h.levels, 0)::int AS levels
FROM (SELECT * FROM cdr WHERE created_at >= $1) AS c
FULL JOIN charged AS h ON h.created_at = c.created_at AND h.call_id = c.call_id AND h.leg = c.leg
WHERE c.call_id IS NULL
   OR (c.result <> 'answered' AND h.call_id IS NOT NULL)
   OR (c.result = 'answered'
       AND (c.level_count <> COALESCE(h.levels, 0) OR h.different <> h.levels OR h.top <> h.levels - 1))
LIMIT 100
