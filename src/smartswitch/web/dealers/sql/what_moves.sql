-- what_moves: how much there is below a dealer, itself included, that moves with it. dealer: id.
WITH moved AS MATERIALIZED (
    SELECT id FROM dealer WHERE path @> ARRAY[%(dealer)s::bigint]
)
SELECT (SELECT count(*) FROM moved) AS dealers,
       (SELECT count(*) FROM company WHERE dealer_id IN (SELECT id FROM moved)) AS companies,
       (SELECT count(*) FROM peer WHERE dealer_id IN (SELECT id FROM moved)) AS peers
