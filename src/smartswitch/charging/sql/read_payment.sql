-- read_payment: what a payment id said and was answered: [balance id, amount, kind, balance after or null, party].
-- $1 uuid payment id.
SELECT answer FROM payment_key WHERE payment_id = $1
