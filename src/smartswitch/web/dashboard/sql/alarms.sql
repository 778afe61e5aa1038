-- alarms: what a dealer should look at: how many of his direct parties have no money for another call, and for the owner the
-- last verdict on the ledger and the nodes that fell silent while they carried calls.
-- dealer: id; silent_before_ms: a node seen last before that is silent.
SELECT (SELECT count(*) FROM balance AS b
        WHERE b.credit_limit IS NOT NULL AND b.amount + b.credit_limit - b.held <= 0
          AND b.id IN (SELECT d.balance_id FROM dealer AS d WHERE d.parent_id = %(dealer)s
                       UNION ALL SELECT c.balance_id FROM company AS c WHERE c.dealer_id = %(dealer)s
                       UNION ALL SELECT p.balance_id FROM peer AS p
                                 WHERE p.dealer_id = %(dealer)s AND p.kind <> 'terminator' AND p.pays_from = 'peer')
       ) AS empty_parties,
       CASE WHEN current_dealer_is_owner()
            THEN (SELECT v.ok FROM ledger_verdict AS v ORDER BY v.checked_at DESC LIMIT 1) END AS is_ledger_right,
       CASE WHEN current_dealer_is_owner() THEN ARRAY(
            SELECT n.name FROM node AS n
            WHERE n.seen_at_ms < %(silent_before_ms)s AND EXISTS (SELECT FROM open_leg AS o WHERE o.node = n.name)
            ORDER BY n.name) END AS silent_nodes
