-- make_reset: a link for a new password, unless this login got $3 of them within the hour; those of yesterday are forgotten.
-- $1 bigint: the login; $2 text: the hash of the link's secret; $3 integer: at most so many.
WITH forgotten AS (DELETE FROM password_reset WHERE created_at < now() - interval '1 day')
INSERT INTO password_reset (login_id, secret_sha256)
SELECT $1, $2
WHERE (SELECT count(*) FROM password_reset WHERE login_id = $1 AND created_at > now() - interval '1 hour') < $3
RETURNING id
