-- delete_translations: of peers whose translations changed. $1 text[] keys of peers.
DELETE FROM number_translation WHERE peer_id IN (SELECT id FROM peer WHERE key = ANY($1))
