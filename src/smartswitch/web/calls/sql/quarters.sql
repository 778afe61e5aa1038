-- The calls of every house by the quarter of an hour in which they began, so that a dashboard adds up a hundred rows and not all
-- calls of the day (ADR 32). The worker keeps them; whoever reads them adds the calls since `rolled_until` as they are.

-- roll_up: the one row that says how far the quarters go. All calls that began before `rolled_until` and had ended by
-- `looked_until_ms` are in them.
CREATE TABLE roll_up (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    rolled_until timestamptz NOT NULL DEFAULT '-infinity',
    looked_until_ms bigint NOT NULL DEFAULT 0
);
INSERT INTO roll_up DEFAULT VALUES;

-- calls_of_quarter: the calls of the house of a dealer, each counted once however many legs it has.
CREATE TABLE calls_of_quarter (
    dealer_id bigint NOT NULL,
    quarter timestamptz NOT NULL,
    calls integer NOT NULL CHECK (calls > 0),
    answered integer NOT NULL CHECK (answered BETWEEN 0 AND calls),
    duration_ms bigint NOT NULL CHECK (duration_ms >= 0),
    CONSTRAINT calls_of_quarter_pkey PRIMARY KEY (dealer_id, quarter)
);
CREATE INDEX calls_of_quarter_quarter ON calls_of_quarter (quarter);

-- money_of_quarter: what a dealer sold and what he paid, without tax; what the owner paid is the cost of terminators.
CREATE TABLE money_of_quarter (
    dealer_id bigint NOT NULL,
    quarter timestamptz NOT NULL,
    currency char(3) NOT NULL,
    sold bigint NOT NULL,
    paid bigint NOT NULL,
    CONSTRAINT money_of_quarter_pkey PRIMARY KEY (dealer_id, quarter, currency)
);
CREATE INDEX money_of_quarter_quarter ON money_of_quarter (quarter);

ALTER TABLE calls_of_quarter ENABLE ROW LEVEL SECURITY;
ALTER TABLE money_of_quarter ENABLE ROW LEVEL SECURITY;
ALTER TABLE roll_up ENABLE ROW LEVEL SECURITY;
CREATE POLICY web_select ON calls_of_quarter FOR SELECT TO smartswitch_web
    USING ((SELECT current_dealer_is_owner()) OR dealer_id <@ (SELECT house_ranges()));
CREATE POLICY web_select ON money_of_quarter FOR SELECT TO smartswitch_web
    USING ((SELECT current_dealer_is_owner()) OR dealer_id <@ (SELECT house_ranges()));
CREATE POLICY party ON calls_of_quarter AS RESTRICTIVE FOR ALL TO smartswitch_web USING ((SELECT acts_for_dealer()));
CREATE POLICY party ON money_of_quarter AS RESTRICTIVE FOR ALL TO smartswitch_web USING ((SELECT acts_for_dealer()));
CREATE POLICY web_select ON roll_up FOR SELECT TO smartswitch_web USING (true);
GRANT SELECT ON calls_of_quarter, money_of_quarter, roll_up TO smartswitch_web;

-- roll_up_calls: bring the quarters up to date with the calls that ended since the last time, and with those that ended within
-- `look_back` before that: what was charged late, by a node that was cut off, say. A quarter in which anything is new is
-- added up again as a whole, so that to do it twice does no harm. Returns how many quarters that were.
CREATE FUNCTION roll_up_calls(look_back interval) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    kept CONSTANT interval := '9 days';
    settled CONSTANT interval := '1 minute';
    quarter_hour CONSTANT interval := '15 minutes';
    -- The clock and not the beginning of the transaction: what waited for the lock looks at what is there then.
    present timestamptz;
    looked bigint;
    changed timestamptz[];
BEGIN
    SELECT r.looked_until_ms INTO looked FROM roll_up AS r FOR UPDATE;
    present := clock_timestamp();
    SELECT COALESCE(array_agg(DISTINCT date_bin(quarter_hour, c.created_at, 'epoch')), '{}') INTO changed
    FROM cdr AS c
    WHERE c.ended_at_ms > looked - extract(epoch FROM look_back) * 1000 AND c.created_at >= present - kept;

    DELETE FROM calls_of_quarter AS q WHERE q.quarter = ANY (changed) OR q.quarter < present - kept;
    INSERT INTO calls_of_quarter (dealer_id, quarter, calls, answered, duration_ms)
    SELECT call.dealer_id, call.quarter, count(*), count(*) FILTER (WHERE call.is_answered), sum(call.duration_ms)
    FROM (
        SELECT house.dealer_id, each.quarter, bool_or(c.result = 'answered') AS is_answered, max(c.duration_ms) AS duration_ms
        FROM unnest(changed) AS each (quarter)
        JOIN cdr AS c ON c.created_at >= each.quarter AND c.created_at < each.quarter + quarter_hour
        CROSS JOIN LATERAL unnest(c.dealer_ids) AS house (dealer_id)
        GROUP BY house.dealer_id, each.quarter, c.call_id
    ) AS call
    GROUP BY call.dealer_id, call.quarter;

    DELETE FROM money_of_quarter AS q WHERE q.quarter = ANY (changed) OR q.quarter < present - kept;
    INSERT INTO money_of_quarter (dealer_id, quarter, currency, sold, paid)
    SELECT v.dealer_id, v.quarter, v.currency, sum(v.sold), sum(v.paid)
    FROM (
        SELECT each.quarter, h.currency, side.dealer_id, side.sold, side.paid
        FROM unnest(changed) AS each (quarter)
        JOIN charge AS h ON h.created_at >= each.quarter AND h.created_at < each.quarter + quarter_hour
        LEFT JOIN dealer AS payer ON payer.balance_id = h.debit_balance_id
        CROSS JOIN LATERAL (
            SELECT h.seller_dealer_id, h.amount - h.tax, 0::bigint WHERE h.level < 99
            UNION ALL
            SELECT CASE WHEN h.level = 99 THEN h.dealer_id ELSE payer.id END, 0::bigint, h.amount - h.tax
        ) AS side (dealer_id, sold, paid)
        WHERE side.dealer_id IS NOT NULL
    ) AS v
    GROUP BY v.dealer_id, v.quarter, v.currency;

    UPDATE roll_up SET rolled_until = date_bin(quarter_hour, present - settled, 'epoch'),
                       looked_until_ms = floor(extract(epoch FROM present) * 1000);
    RETURN cardinality(changed);
END $$;
REVOKE EXECUTE ON FUNCTION roll_up_calls FROM PUBLIC;
GRANT EXECUTE ON FUNCTION roll_up_calls TO smartswitch_worker;
