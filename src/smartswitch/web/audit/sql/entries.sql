-- entries: the numbers of the newest entries that suit, for a file.
SELECT id FROM audit_entry
WHERE created_at <= %(before)s::timestamptz
  AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s::timestamptz)
  AND (%(dealer_ids)s::bigint[] IS NULL OR by_dealer_id = ANY (%(dealer_ids)s::bigint[]))
  AND (%(actor)s::text IS NULL OR actor = %(actor)s)
  AND (%(kind)s::text IS NULL OR table_name = %(kind)s)
  AND (%(action)s::text IS NULL OR action = %(action)s)
  AND (%(origin)s::text IS NULL OR origin = %(origin)s)
  AND (%(pattern)s::text IS NULL OR before::text ILIKE %(pattern)s OR after::text ILIKE %(pattern)s)
ORDER BY created_at DESC, id DESC
LIMIT %(most)s
