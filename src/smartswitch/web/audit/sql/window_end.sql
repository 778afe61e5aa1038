-- window_end: the place of the first entry that `changes` did not look at; no row if it has looked at all of them.
SELECT created_at, id FROM audit_entry
WHERE created_at <= %(before)s::timestamptz AND (created_at, id) < (%(before)s::timestamptz, %(before_id)s::bigint)
  AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s::timestamptz)
  AND (%(dealer_ids)s::bigint[] IS NULL OR by_dealer_id = ANY (%(dealer_ids)s::bigint[]))
  AND (%(actor)s::text IS NULL OR actor = %(actor)s)
  AND (%(kind)s::text IS NULL OR table_name = %(kind)s)
  AND (%(ids)s::bigint[] IS NULL OR id = ANY (%(ids)s::bigint[]))
ORDER BY created_at DESC, id DESC
OFFSET %(window)s
LIMIT 1
