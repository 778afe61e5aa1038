-- changes: the newest changes, each all entries of one request (or one transaction), of those entries that suit.
-- At most `window` entries are looked through, from the place `before` back; older ones are for the next page.
SELECT created_at, request_id, actor, min(acting_for) AS acting_for, min(origin) AS origin, min(by_dealer_id) AS by_dealer_id,
       min(id) AS first_id, count(*) AS entries, (array_agg(id ORDER BY id))[1:%(entries_of_change)s] AS entry_ids
FROM (
    SELECT * FROM audit_entry
    WHERE created_at <= %(before)s::timestamptz AND (created_at, id) < (%(before)s::timestamptz, %(before_id)s::bigint)
      AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s::timestamptz)
      AND (%(dealer_ids)s::bigint[] IS NULL OR by_dealer_id = ANY (%(dealer_ids)s::bigint[]))
      AND (%(actor)s::text IS NULL OR actor = %(actor)s)
      AND (%(kind)s::text IS NULL OR table_name = %(kind)s)
      AND (%(ids)s::bigint[] IS NULL OR id = ANY (%(ids)s::bigint[]))
    ORDER BY created_at DESC, id DESC
    LIMIT %(window)s
) AS looked
WHERE (%(action)s::text IS NULL OR action = %(action)s)
  AND (%(origin)s::text IS NULL OR origin = %(origin)s)
  AND (%(pattern)s::text IS NULL OR before::text ILIKE %(pattern)s OR after::text ILIKE %(pattern)s)
GROUP BY created_at, request_id, actor
ORDER BY created_at DESC, min(id) DESC
LIMIT %(most)s
