-- live_calls: legs in progress of a dealer's house, the newest first, and how many there are of each state.
-- dealer: id of the dealer; balance: his balance; is_owner: then the hold is that of the top-level dealer, who pays him;
-- most: how many rows.
SELECT o.call_id, o.leg, o.state, o.authorized_at_ms, o.answered_at_ms, o.granted_s,
       o.facts::jsonb ->> 'caller' AS caller, o.facts::jsonb ->> 'called' AS called,
       o.facts::jsonb ->> 'caller_name' AS caller_name, o.facts::jsonb ->> 'direction' AS direction,
       p.key AS peer, nullif(p.name, '') AS peer_name, d.key AS dealer, nullif(d.name, '') AS dealer_name, o.dealer_id,
       CASE WHEN %(is_owner)s THEN o.held[cardinality(o.held)]
            ELSE o.held[array_position(o.balance_ids, %(balance)s)] END AS held,
       CASE WHEN %(is_owner)s THEN top.currency ELSE %(currency)s END AS currency,
       count(*) OVER () AS total, count(*) FILTER (WHERE o.state = 'answered') OVER () AS answered
FROM open_leg AS o
JOIN dealer AS d ON d.id = o.dealer_id
LEFT JOIN peer AS p ON p.id = o.peer_id
LEFT JOIN balance AS top ON %(is_owner)s AND top.id = o.balance_ids[cardinality(o.balance_ids)]
WHERE o.dealer_ids @> ARRAY[%(dealer)s]::bigint[]
ORDER BY o.authorized_at_ms DESC, o.call_id, o.leg
LIMIT %(most)s
