-- read_charged: what a leg was charged, level by level, as the answer to its settle said.
-- $1 timestamptz creation time, $2 uuid call id, $3 smallint leg.
SELECT payer, seller, code, billed_s, amount, tax, currency
FROM charge
WHERE created_at = $1 AND call_id = $2 AND leg = $3
ORDER BY level
