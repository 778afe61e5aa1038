-- block_dealer: block a dealer. $1 text key.
UPDATE dealer SET is_blocked = true WHERE key = $1
