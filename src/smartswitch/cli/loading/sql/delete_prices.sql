-- delete_prices: prices that never came into force. $1 bigint[] ids, $2 timestamptz now.
DELETE FROM price WHERE id = ANY($1) AND valid_from > $2
