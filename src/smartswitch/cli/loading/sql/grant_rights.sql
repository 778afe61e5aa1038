-- grant_rights: rights of dealers that were only just made. $1 text[] keys of dealers, $2 text[] names of rights.
INSERT INTO right_grant (dealer_id, "right")
SELECT d.id, granted.name_of_right
FROM dealer AS d, unnest($2::text[]) AS granted (name_of_right)
WHERE d.key = ANY ($1::text[])
ON CONFLICT DO NOTHING
