-- charges_of_calls: what the levels of a dealer's house paid for some calls: his own buying price and everything below.
-- dealer: id; calls: uuid[]; first, last: between which moments they began.
SELECT h.call_id, h.leg, h.level, h.dealer_id, h.seller_dealer_id, h.payer, h.seller, h.debit_balance_id, h.amount, h.tax,
       h.currency, h.pack_amount, h.pack_currency, h.exchange_rate, h.pack_id, h.price_id, h.code, h.billed_s,
       h.answered_at_ms, h.explanation
FROM charge AS h
JOIN dealer AS d ON d.id = h.dealer_id AND d.path @> ARRAY[%(dealer)s]::bigint[]
WHERE h.created_at >= %(first)s AND h.created_at <= %(last)s AND h.call_id = ANY (%(calls)s)
ORDER BY h.call_id, h.leg, h.level
