-- read_silent_legs: open legs that nobody has confirmed for two slices (or, while ringing, for the ring limit).
-- $1 bigint now, UTC ms; $2 bigint ring limit, ms; $3 int how many at the most.
SELECT call_id, leg
FROM open_leg
WHERE (state = 'answered' AND $1 - confirmed_at_ms > 2000::bigint * slice_s)
   OR (state = 'authorized' AND $1 - confirmed_at_ms > $2)
ORDER BY confirmed_at_ms
LIMIT $3
