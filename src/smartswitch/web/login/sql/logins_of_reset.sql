-- logins_of_reset: whose password may be meant by what somebody typed as his name or mail address.
-- $1 text: what was typed; $2 integer: at most so many.
SELECT id, username, name, email FROM login
WHERE is_active AND email <> '' AND (username = $1 OR lower(email) = lower($1))
ORDER BY id
LIMIT $2
