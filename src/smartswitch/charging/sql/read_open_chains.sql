-- read_open_chains: chain, facts and cost of open legs that another node (or an earlier life of this one) authorized.
-- $1 call ids, $2 legs: parallel arrays, as array literals.
SELECT o.call_id, o.leg, o.chain, o.facts, o.cost
FROM unnest($1::text::uuid[], $2::text::smallint[]) AS k (call_id, leg)
JOIN open_leg AS o ON o.call_id = k.call_id AND o.leg = k.leg
