-- read_companies: every company, with the currency of its balance. No parameters.
SELECT c.id, c.key, c.dealer_id, b.currency, c.balance_id, c.pack_id, c.inbound_pack_id, c.is_blocked
FROM company AS c
JOIN balance AS b ON b.id = c.balance_id
