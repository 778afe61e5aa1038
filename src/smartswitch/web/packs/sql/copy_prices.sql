-- copy_prices: the prices of one pack that are in force now, for another pack, from now on; with a margin, rounded.
-- source, target: pack ids. factor: (1 + margin) / unit, an exact decimal number; unit: 10^-8 of the price, a power of ten, to
-- which prices are rounded; rounds_up: away from zero, else to the nearest (halves away from zero). numeric is exact here:
-- it multiplies, it never divides. Of several prices of one code and band the newest is the one that holds.
INSERT INTO price (pack_id, code, band, price_per_minute, first_price_per_minute, connect_fee, min_s, increment_s, free_s,
                   grace_s, valid_from, valid_to, is_blocked)
SELECT %(target)s, s.code, s.band, v.price_per_minute, v.first_price_per_minute, v.connect_fee, s.min_s, s.increment_s,
       s.free_s, s.grace_s, now(), s.valid_to, s.is_blocked
FROM (
    SELECT DISTINCT ON (code, band) *
    FROM price
    WHERE pack_id = %(source)s AND valid_from <= now() AND valid_to > now()
    ORDER BY code, band, valid_from DESC
) AS s
CROSS JOIN LATERAL (
    SELECT (max(v.rounded) FILTER (WHERE v.place = 1) * %(unit)s::numeric)::bigint AS price_per_minute,
           (max(v.rounded) FILTER (WHERE v.place = 2) * %(unit)s::numeric)::bigint AS first_price_per_minute,
           (max(v.rounded) FILTER (WHERE v.place = 3) * %(unit)s::numeric)::bigint AS connect_fee
    FROM (
        SELECT w.place, CASE WHEN %(rounds_up)s THEN sign(w.exact) * ceil(abs(w.exact)) ELSE round(w.exact) END AS rounded
        FROM (VALUES (1, s.price_per_minute * %(factor)s::numeric),
                     (2, s.first_price_per_minute * %(factor)s::numeric),
                     (3, s.connect_fee * %(factor)s::numeric)) AS w (place, exact)
    ) AS v
) AS v
