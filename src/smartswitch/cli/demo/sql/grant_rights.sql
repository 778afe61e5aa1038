-- grant_rights: rights of a dealer of the demonstration. $1 text dealer, $2 text[] names of rights.
INSERT INTO right_grant (dealer_id, "right")
SELECT d.id, granted.name_of_right
FROM dealer AS d, unnest($2::text[]) AS granted (name_of_right)
WHERE d.key = $1
ON CONFLICT DO NOTHING
