-- newest_end: when the last call of a dealer's house ended, among those that began lately. dealer: id; since.
SELECT max(c.ended_at_ms) AS ended_at_ms
FROM cdr AS c
WHERE c.created_at >= %(since)s AND %(dealer)s = ANY (c.dealer_ids) /* party */
