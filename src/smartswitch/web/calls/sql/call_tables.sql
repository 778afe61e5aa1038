-- CDRs and charges, by the month of the moment inside the call id. No foreign keys, and no index beyond those that a call
-- or a report cannot do without: a whole call writes one CDR and a charge for each level (ADR 0010).
CREATE TABLE cdr (
    tenant_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    call_id uuid NOT NULL,
    leg smallint NOT NULL,
    dealer_id bigint NOT NULL,
    dealer_ids bigint[] NOT NULL,
    peer_id bigint,
    direction text NOT NULL,
    caller text NOT NULL,
    called text NOT NULL,
    sip_call_id text NOT NULL DEFAULT '',
    source text NOT NULL DEFAULT '',
    caller_name text NOT NULL DEFAULT '',
    user_agent text NOT NULL DEFAULT '',
    authorized_at_ms bigint NOT NULL,
    answered_at_ms bigint,
    ended_at_ms bigint NOT NULL,
    duration_ms bigint NOT NULL,
    billed_s integer NOT NULL,
    level_count smallint NOT NULL DEFAULT 0,
    result text NOT NULL,
    sip_status integer NOT NULL DEFAULT 0,
    reason text,
    refused_by text,
    ended_by text,
    terminator text,
    attempts jsonb NOT NULL DEFAULT '[]',
    answers text NOT NULL DEFAULT '[]',
    marked boolean NOT NULL DEFAULT false,
    node text NOT NULL,
    CONSTRAINT cdr_pkey PRIMARY KEY (created_at, call_id, leg, tenant_id),
    CONSTRAINT cdr_direction_is_known CHECK (direction IN ('outbound', 'inbound', 'internal')),
    CONSTRAINT cdr_result_is_known CHECK (result IN ('answered', 'unanswered', 'refused')),
    CONSTRAINT cdr_duration_is_not_negative CHECK (duration_ms >= 0 AND billed_s >= 0)
) PARTITION BY RANGE (created_at);

CREATE TABLE charge (
    tenant_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    call_id uuid NOT NULL,
    leg smallint NOT NULL,
    level smallint NOT NULL,
    dealer_id bigint NOT NULL,
    seller_dealer_id bigint NOT NULL,
    payer text NOT NULL,
    seller text NOT NULL,
    debit_balance_id bigint NOT NULL,
    credit_balance_id bigint NOT NULL,
    tax_balance_id bigint,
    amount bigint NOT NULL,
    tax bigint NOT NULL DEFAULT 0,
    currency char(3) NOT NULL,
    pack_amount bigint NOT NULL,
    pack_currency char(3) NOT NULL,
    exchange_rate bigint NOT NULL,
    pack_id bigint NOT NULL,
    price_id bigint NOT NULL,
    code text NOT NULL,
    billed_s integer NOT NULL,
    answered_at_ms bigint NOT NULL,
    explanation text NOT NULL,
    CONSTRAINT charge_pkey PRIMARY KEY (created_at, call_id, leg, level, tenant_id),
    CONSTRAINT charge_tax_has_a_balance CHECK (tax = 0 OR tax_balance_id IS NOT NULL)
) PARTITION BY RANGE (created_at);
CREATE INDEX charge_dealer ON charge (dealer_id, created_at);

-- Legs come and go within minutes.
ALTER TABLE open_leg SET (
    fillfactor = 50, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_scale_factor = 0.2
);
