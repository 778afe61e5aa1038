-- delete_addresses: of peers whose networks changed. $1 text[] keys of peers.
DELETE FROM peer_address WHERE peer_id IN (SELECT id FROM peer WHERE key = ANY($1))
