-- check_ratings: every charge rated again, in exact decimal arithmetic, from its CDR, its price rows and its frozen terms;
-- only those that disagree. It shares no code with core/rating.py. For a call within one time band everything is derived
-- anew from the duration; for a call across bands the split of the rest between the bands is taken from the charge and
-- its sum checked.
-- $1 timestamptz: charges from then on.
WITH part AS (
    SELECT h.created_at, h.call_id, h.leg, h.level,
           count(*) AS parts,
           sum((p.part ->> 4)::numeric * 60 + (p.part ->> 2)::numeric * r.first_price_per_minute
               + (p.part ->> 3)::numeric * r.price_per_minute) AS sixtieths,
           sum((p.part ->> 2)::int + (p.part ->> 3)::int) AS charged_s,
           bool_and(r.code = h.code) AS is_same_code
    FROM charge AS h
    CROSS JOIN LATERAL jsonb_array_elements(h.explanation::jsonb -> 'parts') WITH ORDINALITY AS p (part, position)
    JOIN price AS r ON r.id = (p.part ->> 0)::bigint
    WHERE h.created_at >= $1
    GROUP BY h.created_at, h.call_id, h.leg, h.level
), term AS (
    SELECT h.*, c.billed_s AS talked_s, c.called,
           (h.explanation::jsonb -> 'terms' ->> 0)::int AS decimals, h.explanation::jsonb -> 'terms' ->> 1 AS rounding,
           h.explanation::jsonb -> 'terms' ->> 2 AS increment_from, h.explanation::jsonb -> 'terms' ->> 3 AS tax_mode,
           (h.explanation::jsonb -> 'terms' ->> 4)::numeric / 1000000 AS tax_rate,
           r.min_s, r.increment_s, r.free_s, r.grace_s, r.connect_fee, r.first_price_per_minute, r.price_per_minute,
           r.band, part.parts, part.sixtieths, part.charged_s, COALESCE(part.is_same_code, true) AS is_same_code
    FROM charge AS h
    JOIN cdr AS c ON c.created_at = h.created_at AND c.call_id = h.call_id AND c.leg = h.leg
    JOIN price AS r ON r.id = h.price_id
    LEFT JOIN part ON part.created_at = h.created_at AND part.call_id = h.call_id AND part.leg = h.leg
        AND part.level = h.level
    WHERE h.created_at >= $1
), timed AS (
    SELECT t.*,
           CASE WHEN talked_s = 0 OR talked_s <= COALESCE(grace_s, -1) THEN 0
                WHEN increment_from = 'first-block'
                THEN min_s + ceil(greatest(0, talked_s - min_s - free_s)::numeric / increment_s)::int * increment_s
                ELSE min_s + greatest(0, greatest(ceil(talked_s::numeric / increment_s)::int * increment_s, min_s)
                                         - min_s - free_s) END AS right_billed_s
    FROM term AS t
), cost AS (
    SELECT *,
           CASE WHEN talked_s = 0 OR talked_s <= COALESCE(grace_s, -1) THEN 0::numeric
                WHEN parts > 1 THEN sixtieths
                ELSE connect_fee::numeric * 60 + min_s::numeric * first_price_per_minute
                     + (right_billed_s - min_s)::numeric * price_per_minute END
           * CASE tax_mode WHEN 'added' THEN 1 + tax_rate ELSE 1 END * 10 ^ decimals::numeric / 6000000000 AS scaled
    FROM timed
), rated AS (
    SELECT *,
           CASE rounding
                WHEN 'up' THEN sign(scaled) * ceil(abs(scaled))
                WHEN 'down' THEN trunc(scaled)
                WHEN 'half-up' THEN round(scaled)
                ELSE CASE WHEN abs(scaled) - trunc(abs(scaled)) = 0.5
                          THEN sign(scaled) * 2 * round(trunc(abs(scaled)) / 2 + 0.1)
                          ELSE round(scaled) END END * 10 ^ (6 - decimals)::numeric AS right_amount
    FROM cost
)
SELECT call_id, leg, level, payer, billed_s, right_billed_s, pack_amount, right_amount, amount
FROM rated
WHERE pack_amount <> right_amount OR billed_s <> right_billed_s
   OR (parts >= 1 AND charged_s <> billed_s) OR NOT is_same_code OR NOT starts_with(called, code)
   OR amount <> round(pack_amount::numeric * exchange_rate / 1000000000)
LIMIT 100
