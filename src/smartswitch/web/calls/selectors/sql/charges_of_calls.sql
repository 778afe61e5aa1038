-- charges_of_calls: what the levels of a dealer's house paid for some calls: his own buying price and everything below.
-- dealer: id; calls: uuid[]; moments: timestamptz[], when each of them began: by both together a charge is found at once,
-- wherever in the months it lies.
SELECT h.call_id, h.leg, h.level, h.dealer_id, h.seller_dealer_id, h.payer, h.seller, h.debit_balance_id, h.amount, h.tax,
       h.currency, h.pack_amount, h.pack_currency, h.exchange_rate, h.pack_id, h.price_id, h.code, h.billed_s,
       h.answered_at_ms, h.explanation
FROM unnest(%(calls)s::uuid[], %(moments)s::timestamptz[]) AS k (call_id, created_at)
CROSS JOIN LATERAL (
    SELECT * FROM charge AS c WHERE c.created_at = k.created_at AND c.call_id = k.call_id OFFSET 0
) AS h
JOIN dealer AS d ON d.id = h.dealer_id AND d.path @> ARRAY[%(dealer)s]::bigint[]
WHERE true /* party */
ORDER BY h.call_id, h.leg, h.level
