-- make_counters: make missing balances on the other side of charges; the role of the charging plane does it.
-- $1 text[] kinds, $2 text[] parties, $3 text[] currencies, $4 bigint[] dealer ids, $5 bigint[] tenant ids (parallel).
INSERT INTO balance (kind, party, currency, dealer_id, tenant_id)
SELECT w.kind, w.party, w.currency, w.dealer_id, w.tenant_id
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
    AS w (kind, party, currency, dealer_id, tenant_id)
ON CONFLICT (kind, party, currency) DO NOTHING
