-- path_of_dealer: what each dealer from below the owner down to a dealer was granted, the top one first. dealer: id.
-- A dealer above the session's own has no name; nor has the owner, who grants to the first, if he is hidden.
SELECT dealer_id, COALESCE(nullif(dealer_name, ''), dealer_key) AS name, granted,
       (SELECT COALESCE(nullif(d.name, ''), d.key) FROM dealer AS d WHERE d.parent_id IS NULL) AS owner
FROM rights_of_path(%(dealer)s) ORDER BY "position"
