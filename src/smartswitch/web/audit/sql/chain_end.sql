-- chain_end: the last link of the chain, and how many entries the log has (each link is one, unless something is broken).
SELECT (SELECT count(*) FROM audit_entry) AS entries, COALESCE(c.position, 0) AS place, COALESCE(c.hash, ''::bytea) AS hash
FROM (SELECT 1) AS always
LEFT JOIN (SELECT position, hash FROM audit_chain ORDER BY position DESC LIMIT 1) AS c ON true
