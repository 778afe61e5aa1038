-- read_counters: the balances that stand on the other side of charges. No parameters.
SELECT kind, party, currency, id
FROM balance
WHERE kind IN ('sales', 'tax', 'cost', 'payable')
