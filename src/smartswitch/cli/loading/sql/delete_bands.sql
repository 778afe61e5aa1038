-- delete_bands: of packs whose bands changed. $1 text[] keys of packs.
DELETE FROM time_band WHERE pack_id IN (SELECT id FROM billing_pack WHERE key = ANY($1))
