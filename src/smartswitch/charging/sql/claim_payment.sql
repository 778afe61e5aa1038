-- claim_payment: take a payment id for this transaction; no row if somebody has it already.
-- $1 uuid payment id, $2 jsonb what it says. Waits for a concurrent claim of the same id to end.
INSERT INTO payment_key (payment_id, answer) VALUES ($1, $2) ON CONFLICT (payment_id) DO NOTHING RETURNING true
