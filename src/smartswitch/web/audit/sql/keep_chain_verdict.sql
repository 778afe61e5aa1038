-- keep_chain_verdict: keep the result of one check.
-- $1 timestamptz: when it began; $2 integer: how long it took (ms); $3 bigint: entries; $4 bigint, $5 bytea: the last link;
-- $6 jsonb: what is broken.
INSERT INTO audit_verdict (checked_at, duration_ms, entries, place, hash, ok, breaks)
VALUES ($1, $2, $3, $4, $5, $6::jsonb = '[]'::jsonb, $6::jsonb)
