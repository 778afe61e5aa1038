-- viewer_of_login: for whom a login acts: its dealer (or a dealer below, for which it acts for a while), and the rights that
-- come down to it.
-- It runs as the schema's owner, since it is asked before the transaction acts for a dealer, and since a right depends on
-- what the dealers above were granted, whom row-level security hides. It answers for one login, and tells nothing of those
-- above but their rights and the name of the dealer directly above.
-- `role_rights` is null for a person without a role of the dealer's own; `standard_role` names one of core/rights/standard_roles.py.
-- `granted` has an array for each dealer below the owner on the path, the top one first: what it was granted.
-- `for_dealer`: no row if that dealer is not below the login's own.
DROP FUNCTION viewer_of_login(bigint);
CREATE FUNCTION viewer_of_login(login_id bigint, for_dealer bigint DEFAULT NULL) RETURNS TABLE (
    own_dealer_id bigint, dealer_id bigint, dealer_key text, dealer_name text, parent_name text, path bigint[],
    tenant_id bigint, balance_id bigint, currency text, time_zone text, is_virtual_pbx boolean, is_blocked boolean,
    company_id bigint, peer_id bigint, party_name text, standard_role text, role_name text, role_rights text[],
    granted jsonb
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.dealer_id, d.id, d.key, d.name, COALESCE(nullif(above.name, ''), above.key), d.path, d.tenant_id,
           COALESCE(m.balance_id, CASE WHEN p.pays_from = 'company' THEN payer.balance_id ELSE p.balance_id END, d.balance_id),
           COALESCE(b.currency, d.currency)::text, d.time_zone, d.is_virtual_pbx, d.is_blocked,
           l.company_id, l.peer_id, COALESCE(nullif(m.name, ''), m.key, nullif(p.name, ''), p.key),
           l.standard_role, COALESCE(nullif(r.name, ''), r.key),
           CASE WHEN r.id IS NOT NULL THEN
               ARRAY(SELECT e."right" FROM role_right AS e WHERE e.role_id = r.id ORDER BY e."right") END,
           COALESCE((SELECT jsonb_agg(COALESCE(
                        (SELECT jsonb_agg(g."right" ORDER BY g."right") FROM right_grant AS g WHERE g.dealer_id = step.id),
                        '[]') ORDER BY step.position)
                     FROM unnest(d.path[2:]) WITH ORDINALITY AS step (id, position)), '[]')
    FROM login AS l
    JOIN dealer AS d ON d.id = COALESCE(for_dealer, l.dealer_id)
    LEFT JOIN dealer AS above ON above.id = d.parent_id
    LEFT JOIN role AS r ON r.id = l.role_id
    LEFT JOIN company AS m ON m.id = l.company_id
    LEFT JOIN peer AS p ON p.id = l.peer_id
    LEFT JOIN company AS payer ON payer.id = p.company_id
    LEFT JOIN balance AS b
        ON b.id = COALESCE(m.balance_id, CASE WHEN p.pays_from = 'company' THEN payer.balance_id ELSE p.balance_id END)
    WHERE l.id = viewer_of_login.login_id AND l.is_active
      AND (for_dealer IS NULL
           OR (d.path @> ARRAY[l.dealer_id] AND d.id <> l.dealer_id AND l.company_id IS NULL AND l.peer_id IS NULL))
$$;
REVOKE EXECUTE ON FUNCTION viewer_of_login FROM PUBLIC;
GRANT EXECUTE ON FUNCTION viewer_of_login TO smartswitch_web;

-- rights_of_path: what each dealer from below the owner down to a dealer was granted, for the page that tells where a right
-- comes from. Only for the dealer for whom the transaction acts and those below it; dealers above have no name there.
CREATE FUNCTION rights_of_path(looked_for bigint) RETURNS TABLE (
    "position" bigint, dealer_id bigint, dealer_key text, dealer_name text, granted text[]
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT step."position", CASE WHEN mine THEN d.id END, CASE WHEN mine THEN d.key END, CASE WHEN mine THEN d.name END,
           ARRAY(SELECT g."right" FROM right_grant AS g WHERE g.dealer_id = d.id ORDER BY g."right")
    FROM dealer AS target
    CROSS JOIN unnest(target.path[2:]) WITH ORDINALITY AS step (id, "position")
    JOIN dealer AS d ON d.id = step.id
    CROSS JOIN LATERAL (SELECT d.path @> ARRAY[current_dealer()] AS mine) AS v
    WHERE target.id = looked_for AND target.path @> ARRAY[current_dealer()]
    ORDER BY step."position"
$$;
REVOKE EXECUTE ON FUNCTION rights_of_path FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rights_of_path TO smartswitch_web;
