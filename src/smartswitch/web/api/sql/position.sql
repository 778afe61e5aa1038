-- position: up to where the events of a kind were looked for (ms); for a kind that is new, now. $1: the event; $2: now.
INSERT INTO webhook_position (event, position_ms) VALUES ($1, $2)
ON CONFLICT (event) DO UPDATE SET position_ms = webhook_position.position_ms
RETURNING position_ms
