-- delete_holidays: of packs whose holidays changed. $1 text[] keys of packs.
DELETE FROM holiday WHERE pack_id IN (SELECT id FROM billing_pack WHERE key = ANY($1))
