-- block_peer: block a peer. $1 text key.
UPDATE peer SET is_blocked = true WHERE key = $1
