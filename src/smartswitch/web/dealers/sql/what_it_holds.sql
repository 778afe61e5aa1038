-- what_it_holds: how much there is of each thing that keeps a dealer from being deleted. dealer: id.
SELECT
    (SELECT count(*) FROM dealer WHERE parent_id = %(dealer)s) AS dealers,
    (SELECT count(*) FROM company WHERE dealer_id = %(dealer)s) AS companies,
    (SELECT count(*) FROM peer WHERE dealer_id = %(dealer)s) AS peers,
    (SELECT count(*) FROM did WHERE dealer_id = %(dealer)s) AS numbers,
    (SELECT count(*) FROM billing_pack WHERE dealer_id = %(dealer)s) AS packs,
    (SELECT count(*) FROM route_class WHERE dealer_id = %(dealer)s) AS route_classes,
    (SELECT count(*) FROM hunting_class WHERE dealer_id = %(dealer)s) AS hunting_classes,
    (SELECT count(*) FROM login WHERE dealer_id = %(dealer)s) AS logins,
    (SELECT count(*) FROM role WHERE dealer_id = %(dealer)s) AS roles,
    (SELECT count(*) FROM balance WHERE dealer_id = %(dealer)s AND (amount <> 0 OR held <> 0 OR live_calls <> 0)) AS balances,
    (SELECT count(*) FROM (SELECT FROM charge WHERE dealer_id = %(dealer)s LIMIT 1) AS v) AS charges
