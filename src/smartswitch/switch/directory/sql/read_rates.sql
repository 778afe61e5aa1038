-- read_rates: every exchange rate, the oldest first. No parameters. -2^62 stands for minus infinity.
SELECT from_currency, to_currency, rate,
       CASE WHEN isfinite(valid_from) THEN (extract(epoch FROM valid_from) * 1000)::bigint
            ELSE -4611686018427387904 END AS valid_from_ms
FROM exchange_rate
ORDER BY from_currency, to_currency, valid_from
