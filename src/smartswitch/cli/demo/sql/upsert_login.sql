-- upsert_login: a person of the demonstration. $1 text username, $2 text encoded password, $3 text dealer, $4 text name.
INSERT INTO login (username, password, dealer_id, name, is_active)
SELECT $1, $2, d.id, $4, true
FROM dealer AS d
WHERE d.key = $3
ON CONFLICT (username) DO UPDATE SET password = excluded.password
