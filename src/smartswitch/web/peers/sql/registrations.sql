-- registrations_of: the phones that are registered for these peers, the latest first; of peers that the session does not see,
-- none. The table belongs to Kamailio, names nobody's dealer and has no row-level security, so the web account asks this
-- function, which runs as the schema's owner. Moments in the table have no zone; Kamailio runs in UTC.
CREATE FUNCTION registrations_of(peer_ids bigint[]) RETURNS TABLE (
    peer_id bigint, contact text, received text, user_agent text, refreshed_at timestamptz, expires_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id, l.contact::text, l.received::text, l.user_agent::text, l.last_modified AT TIME ZONE 'UTC',
           l.expires AT TIME ZONE 'UTC'
    FROM peer AS p
    JOIN dealer AS d ON d.id = p.dealer_id
    JOIN location AS l ON l.username = 'peer-' || p.id
    WHERE p.id = ANY (registrations_of.peer_ids) AND d.path @> ARRAY[current_dealer()]
      AND (acts_for_dealer() OR p.id = ANY (party_peers()))
      AND l.expires > now() AT TIME ZONE 'UTC'
    ORDER BY l.last_modified DESC, l.ruid
$$;
REVOKE EXECUTE ON FUNCTION registrations_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registrations_of TO smartswitch_web;
