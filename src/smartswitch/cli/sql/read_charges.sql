-- read_charges: what every level paid for some calls. $1 uuid[] calls, $2 timestamptz from, $3 timestamptz to (inclusive).
SELECT h.call_id, h.leg, h.level, h.payer, h.seller, h.code, h.billed_s, h.amount, h.tax, trim(h.currency) AS currency,
       h.pack_amount, trim(h.pack_currency) AS pack_currency, h.exchange_rate, h.answered_at_ms, h.explanation,
       h.pack_id, h.price_id, k.key AS pack, k.version AS pack_version
FROM charge AS h
LEFT JOIN billing_pack AS k ON k.id = h.pack_id
WHERE h.call_id = ANY($1) AND h.created_at BETWEEN $2 AND $3
ORDER BY h.created_at, h.call_id, h.leg, h.level
