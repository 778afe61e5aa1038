-- delete_numbers: of peers whose numbers changed. $1 text[] keys of peers.
DELETE FROM did WHERE peer_id IN (SELECT id FROM peer WHERE key = ANY($1))
