-- live_calls: legs in progress of a dealer's house, the newest first, and how many there are of each state.
-- dealer: id of the dealer; balance: his balance; is_owner: then the hold is that of the top-level dealer, who pays
-- him; is_customer: then it is that of whoever pays for his phone;
-- most: how many rows. What a row needs besides is looked up for the rows of the page only, and that balance by a column: to
-- look one up by an expression no index serves under row-level security.
WITH page AS MATERIALIZED (
    SELECT o.call_id, o.leg, o.state, o.authorized_at_ms, o.answered_at_ms, o.granted_s, o.facts::jsonb AS facts, o.held,
           o.balance_ids, o.dealer_id, o.peer_id, d.key AS dealer, nullif(d.name, '') AS dealer_name,
           CASE WHEN %(is_owner)s THEN o.balance_ids[cardinality(o.balance_ids)]
                WHEN %(is_customer)s THEN o.balance_ids[1] END AS other_balance_id,
           count(*) OVER () AS total, count(*) FILTER (WHERE o.state = 'answered') OVER () AS answered
    FROM open_leg AS o
    JOIN dealer AS d ON d.id = o.dealer_id
    WHERE o.dealer_ids @> ARRAY[%(dealer)s]::bigint[] /* party */
    ORDER BY o.authorized_at_ms DESC, o.call_id, o.leg
    LIMIT %(most)s
)
SELECT o.call_id, o.leg, o.state, o.authorized_at_ms, o.answered_at_ms, o.granted_s,
       o.facts ->> 'caller' AS caller, o.facts ->> 'called' AS called, o.facts ->> 'caller_name' AS caller_name,
       o.facts ->> 'direction' AS direction, p.key AS peer, nullif(p.name, '') AS peer_name, o.dealer, o.dealer_name,
       o.dealer_id,
       CASE WHEN %(is_owner)s THEN o.held[cardinality(o.held)]
            WHEN %(is_customer)s THEN CASE WHEN other.id IS NOT NULL THEN o.held[1] END
            ELSE o.held[array_position(o.balance_ids, %(balance)s)] END AS held,
       CASE WHEN %(is_owner)s OR %(is_customer)s THEN other.currency ELSE %(currency)s END AS currency, o.total, o.answered
FROM page AS o
LEFT JOIN peer AS p ON p.id = o.peer_id
LEFT JOIN balance AS other ON other.id = o.other_balance_id
ORDER BY o.authorized_at_ms DESC, o.call_id, o.leg
