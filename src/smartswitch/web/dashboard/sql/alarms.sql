-- alarms: what a dealer should look at: how many of his direct parties have no money for another call, and for the owner the
-- last verdict on the ledger and the nodes that fell silent while they carried calls. Among many parties few are without
-- money, so balances are read first and asked for their party then.
-- dealer: id; silent_before_ms: a node seen last before that is silent.
SELECT (SELECT count(*) FROM dealer AS d JOIN balance AS b ON b.id = d.balance_id
        WHERE d.parent_id = %(dealer)s AND b.credit_limit IS NOT NULL AND b.amount + b.credit_limit - b.held <= 0)
     + (SELECT count(*) FROM balance AS b
        WHERE b.dealer_id = %(dealer)s AND b.kind IN ('company', 'peer')
          AND b.credit_limit IS NOT NULL AND b.amount + b.credit_limit - b.held <= 0
          AND (EXISTS (SELECT FROM company AS c WHERE c.balance_id = b.id AND c.dealer_id = %(dealer)s)
               OR EXISTS (SELECT FROM peer AS p WHERE p.balance_id = b.id AND p.dealer_id = %(dealer)s
                            AND p.kind <> 'terminator' AND p.pays_from = 'peer'))) AS empty_parties,
       CASE WHEN current_dealer_is_owner()
            THEN (SELECT v.ok FROM ledger_verdict AS v ORDER BY v.checked_at DESC LIMIT 1) END AS is_ledger_right,
       CASE WHEN current_dealer_is_owner() THEN ARRAY(
            SELECT n.name FROM node AS n
            WHERE n.seen_at_ms < %(silent_before_ms)s AND EXISTS (SELECT FROM open_leg AS o WHERE o.node = n.name)
            ORDER BY n.name) END AS silent_nodes
