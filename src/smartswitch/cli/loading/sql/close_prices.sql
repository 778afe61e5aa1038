-- close_prices: prices that are in force end at a moment. $1 bigint[] ids, $2 timestamptz.
UPDATE price SET valid_to = $2 WHERE id = ANY($1)
