-- dealers_that_lose: dealers below a dealer that have, through it, one of the rights that it is about to lose.
-- dealer: id; rights: text[], those that the dealer has in effect and loses. At most `most` names; total counts all.
SELECT d.key, d.name, count(*) OVER () AS total
FROM dealer AS d
WHERE d.path @> ARRAY[%(dealer)s::bigint] AND d.id <> %(dealer)s
  AND EXISTS (
      SELECT FROM unnest(%(rights)s::text[]) AS lost (name)
      WHERE NOT EXISTS (
          SELECT FROM unnest(d.path[array_position(d.path, %(dealer)s::bigint) + 1:]) AS step (id)
          WHERE NOT EXISTS (SELECT FROM right_grant AS g WHERE g.dealer_id = step.id AND g."right" = lost.name)
      )
  )
ORDER BY d.key
LIMIT %(most)s
