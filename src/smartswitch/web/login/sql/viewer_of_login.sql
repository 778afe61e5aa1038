-- viewer_of_login: for whom a login acts: its dealer, and the rights that come down to it.
-- It runs as the schema's owner, since it is asked before the transaction acts for a dealer, and since a right depends on
-- what the dealers above were granted, whom row-level security hides. It answers for one login, and tells nothing of those
-- above but their rights.
-- `role_rights` is null for a person without a role. `granted` has an array for each dealer below the owner on the path,
-- the top one first: what it was granted.
CREATE FUNCTION viewer_of_login(login_id bigint) RETURNS TABLE (
    dealer_id bigint, dealer_key text, dealer_name text, path bigint[], tenant_id bigint, balance_id bigint, currency text,
    time_zone text, is_virtual_pbx boolean, is_blocked boolean, role_name text, role_rights text[], granted jsonb
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.id, d.key, d.name, d.path, d.tenant_id, d.balance_id, d.currency::text, d.time_zone, d.is_virtual_pbx, d.is_blocked,
           COALESCE(nullif(r.name, ''), r.key),
           CASE WHEN r.id IS NOT NULL THEN
               ARRAY(SELECT e."right" FROM role_right AS e WHERE e.role_id = r.id ORDER BY e."right") END,
           COALESCE((SELECT jsonb_agg(COALESCE(
                        (SELECT jsonb_agg(g."right" ORDER BY g."right") FROM right_grant AS g WHERE g.dealer_id = step.id),
                        '[]') ORDER BY step.position)
                     FROM unnest(d.path[2:]) WITH ORDINALITY AS step (id, position)), '[]')
    FROM login AS l
    JOIN dealer AS d ON d.id = l.dealer_id
    LEFT JOIN role AS r ON r.id = l.role_id
    WHERE l.id = viewer_of_login.login_id AND l.is_active
$$;
REVOKE EXECUTE ON FUNCTION viewer_of_login FROM PUBLIC;
GRANT EXECUTE ON FUNCTION viewer_of_login TO smartswitch_web;
