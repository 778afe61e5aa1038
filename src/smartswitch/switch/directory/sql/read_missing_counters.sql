-- read_missing_counters: the balances on the other side of charges that do not exist yet: the sales and tax balances of every
-- seller in the currency of every payer below him, and the cost and payable balances of every terminator in the
-- currency of its pack. No parameters.
WITH paid AS (
    SELECT d.id AS seller_id, b.currency
    FROM peer AS p
    JOIN dealer AS d ON d.id = p.dealer_id
    JOIN balance AS b ON b.id = p.balance_id
    UNION
    SELECT d.id, b.currency
    FROM company AS c
    JOIN dealer AS d ON d.id = c.dealer_id
    JOIN balance AS b ON b.id = c.balance_id
    UNION
    SELECT d.parent_id, d.currency
    FROM dealer AS d
    WHERE d.parent_id IS NOT NULL
), wanted AS (
    SELECT k.kind, d.key AS party, paid.currency, d.id AS dealer_id, d.tenant_id
    FROM paid
    JOIN dealer AS d ON d.id = paid.seller_id
    CROSS JOIN (VALUES ('sales'), ('tax')) AS k (kind)
    UNION
    SELECT k.kind, CASE k.kind WHEN 'cost' THEN o.key ELSE p.key END, a.currency, o.id, o.tenant_id
    FROM terminator AS t
    JOIN peer AS p ON p.id = t.peer_id
    JOIN billing_pack AS a ON a.id = t.pack_id
    JOIN dealer AS o ON o.parent_id IS NULL
    CROSS JOIN (VALUES ('cost'), ('payable')) AS k (kind)
)
SELECT w.kind, w.party, w.currency, w.dealer_id, w.tenant_id
FROM wanted AS w
WHERE NOT EXISTS (
    SELECT FROM balance AS b WHERE b.kind = w.kind AND b.party = w.party AND b.currency = w.currency
)
