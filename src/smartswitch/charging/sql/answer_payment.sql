-- answer_payment: keep the answer of a payment that this transaction claimed.
-- $1 uuid payment id, $2 jsonb answer.
UPDATE payment_key SET answer = $2 WHERE payment_id = $1
