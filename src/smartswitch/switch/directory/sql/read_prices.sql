-- read_prices: every price of one pack, in order of code, by position as core/pack_index.py wants it.
-- $1 bigint pack id. Moments are UTC milliseconds; -2^62 and 2^62 stand for minus and plus infinity.
SELECT id, code, band, price_per_minute, first_price_per_minute, connect_fee, min_s, increment_s, free_s, grace_s,
       CASE WHEN isfinite(valid_from) THEN (extract(epoch FROM valid_from) * 1000)::bigint
            ELSE -4611686018427387904 END AS valid_from_ms,
       CASE WHEN isfinite(valid_to) THEN (extract(epoch FROM valid_to) * 1000)::bigint
            ELSE 4611686018427387904 END AS valid_to_ms,
       is_blocked
FROM price
WHERE pack_id = $1
ORDER BY code
