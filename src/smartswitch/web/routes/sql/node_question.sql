-- Questions to a running node, and hanging up. A question is asked in a transaction of its own, answered by whichever node is
-- first, and deleted by who asked; what he leaves behind is purged. Nothing is lost with the table, so it is not logged.
CREATE UNLOGGED TABLE node_question (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    dealer_id bigint NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    content jsonb NOT NULL,
    answer jsonb,
    answered_by text
);

-- Who asks sees his own dealer's questions only, not even those of the dealers below: an answer says what is above him, too.
-- Customers do not ask.
ALTER TABLE node_question ENABLE ROW LEVEL SECURITY;
CREATE POLICY machines ON node_question TO smartswitch_worker USING (true) WITH CHECK (true);
SELECT allow_web('node_question', command, 'dealer_id = current_dealer()')
FROM unnest(ARRAY['SELECT', 'INSERT', 'DELETE']) AS command;
CREATE POLICY party ON node_question AS RESTRICTIVE FOR ALL TO smartswitch_web
    USING (acts_for_dealer()) WITH CHECK (acts_for_dealer());
GRANT SELECT, DELETE, INSERT (dealer_id, content) ON node_question TO smartswitch_web;
GRANT SELECT, UPDATE (answer, answered_by) ON node_question TO smartswitch_switch;
GRANT SELECT, DELETE ON node_question TO smartswitch_worker;

-- request_hangup: tell the nodes to end a call, if a leg of it is in the house of the current dealer, and people of the dealer
-- ask; whether they were told. It runs as the schema's owner, who alone writes to the audit log.
CREATE FUNCTION request_hangup(call_id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    whose bigint;
BEGIN
    SELECT o.dealer_id INTO whose
    FROM open_leg AS o
    WHERE o.call_id = request_hangup.call_id AND current_dealer() = ANY (o.dealer_ids) AND acts_for_dealer()
    ORDER BY o.leg
    LIMIT 1;
    IF whose IS NULL THEN
        RETURN false;
    END IF;
    PERFORM audit_write('open_leg', request_hangup.call_id::text, whose, 'hangup', NULL, NULL);
    PERFORM pg_notify('hangup', request_hangup.call_id::text);
    RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION request_hangup FROM PUBLIC;
GRANT EXECUTE ON FUNCTION request_hangup TO smartswitch_web;
