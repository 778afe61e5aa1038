-- move_position: look from here on the next time. $1: the event; $2: the position (ms).
UPDATE webhook_position SET position_ms = $2 WHERE event = $1 AND position_ms < $2
