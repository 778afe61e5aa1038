-- acting_noted: a row if it was noted lately that somebody begins to act for a dealer. actor: a user name; dealer: id; origin: web
-- or api; since: a moment.
SELECT id FROM audit_entry
WHERE action = 'act_for' AND actor = %(actor)s AND row_id = %(dealer)s::text AND created_at > %(since)s AND origin = %(origin)s
LIMIT 1
