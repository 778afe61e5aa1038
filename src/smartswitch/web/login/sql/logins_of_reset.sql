-- logins_of_reset: whose password may be meant by what somebody typed as his name or mail address.
-- $1 text: what was typed; $2 integer: at most so many; $3 text: the host by which he asked. `host` is the one to which his
-- link may lead (brand/sql/brand.sql), null for the operator's own.
SELECT id, username, name, email, trusted_host($3, dealer_id) AS host FROM login
WHERE is_active AND email <> '' AND (username = $1 OR lower(email) = lower($1))
ORDER BY id
LIMIT $2
