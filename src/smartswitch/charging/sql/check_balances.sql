-- check_balances: every balance beside what the ledger and the open legs say of it; only those that disagree.
WITH entry AS (
    SELECT balance_id, sum(amount) AS amount FROM ledger_entry GROUP BY balance_id
), hold AS (
    SELECT pair.balance_id, sum(pair.held) AS held
    FROM open_leg AS o, unnest(o.balance_ids, o.held) AS pair (balance_id, held)
    GROUP BY pair.balance_id
), live AS (
    SELECT meter_id AS balance_id, count(*) AS calls
    FROM open_leg AS o, unnest(o.meter_ids) AS meter_id
    GROUP BY meter_id
)
SELECT b.party, b.kind, b.currency, b.amount, COALESCE(entry.amount, 0)::bigint AS entries, b.held,
       COALESCE(hold.held, 0)::bigint AS holds, b.live_calls, COALESCE(live.calls, 0)::int AS legs, b.credit_limit
FROM balance AS b
LEFT JOIN entry ON entry.balance_id = b.id
LEFT JOIN hold ON hold.balance_id = b.id
LEFT JOIN live ON live.balance_id = b.id
WHERE b.kind IN ('peer', 'company', 'dealer')
  AND (b.amount <> COALESCE(entry.amount, 0) OR b.held <> COALESCE(hold.held, 0)
       OR b.live_calls <> COALESCE(live.calls, 0) OR b.amount + b.credit_limit - b.held < 0)
ORDER BY b.id
LIMIT 100
