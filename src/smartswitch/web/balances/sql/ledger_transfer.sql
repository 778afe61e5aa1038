-- The transfers of the ledger that are not charges, by month.
CREATE TABLE ledger_transfer (
    id uuid NOT NULL,
    tenant_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    kind text NOT NULL,
    debit_balance_id bigint NOT NULL REFERENCES balance (id),
    credit_balance_id bigint NOT NULL REFERENCES balance (id),
    amount bigint NOT NULL,
    currency char(3) NOT NULL,
    actor text NOT NULL,
    note text NOT NULL DEFAULT '',
    reverses uuid,
    CONSTRAINT ledger_transfer_pkey PRIMARY KEY (tenant_id, created_at, id),
    CONSTRAINT ledger_transfer_kind_is_known
        CHECK (kind IN ('payment', 'adjustment', 'transfer', 'opening', 'write_off', 'correction')),
    CONSTRAINT ledger_transfer_amount_is_positive CHECK (amount > 0),
    CONSTRAINT ledger_transfer_has_two_sides CHECK (debit_balance_id <> credit_balance_id)
) PARTITION BY RANGE (created_at);
CREATE INDEX ledger_transfer_debit ON ledger_transfer (debit_balance_id, created_at);
CREATE INDEX ledger_transfer_credit ON ledger_transfer (credit_balance_id, created_at);
