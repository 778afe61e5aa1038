-- write_verdict: keep the result of one check.
-- $1 timestamptz: when it began; $2 timestamptz: from when on calls were looked at; $3 integer: how long it took (ms);
-- $4 jsonb: what is violated.
INSERT INTO ledger_verdict (checked_at, since, duration_ms, ok, violations)
VALUES ($1, $2, $3, $4::jsonb = '[]'::jsonb, $4::jsonb)
