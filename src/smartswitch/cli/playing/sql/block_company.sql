-- block_company: block a company. $1 text key.
UPDATE company SET is_blocked = true WHERE key = $1
