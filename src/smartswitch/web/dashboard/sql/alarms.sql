-- alarms: what a dealer should look at: how many of his direct parties have no money for another call, and for the owner the
-- last verdict on the ledger and the nodes that fell silent while they carried calls.
-- silent_before_ms: a node seen last before that is silent.
SELECT empty_parties() AS empty_parties,
       CASE WHEN current_dealer_is_owner()
            THEN (SELECT v.ok FROM ledger_verdict AS v ORDER BY v.checked_at DESC LIMIT 1) END AS is_ledger_right,
       CASE WHEN current_dealer_is_owner() THEN ARRAY(
            SELECT n.name FROM node AS n
            WHERE n.seen_at_ms < %(silent_before_ms)s AND EXISTS (SELECT FROM open_leg AS o WHERE o.node = n.name)
            ORDER BY n.name) END AS silent_nodes
