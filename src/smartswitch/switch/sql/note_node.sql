-- note_node: this node lives. $1 text name, $2 bigint now, UTC ms, $3 timestamptz when it started.
INSERT INTO node (name, started_at, seen_at_ms)
VALUES ($1, $3, $2)
ON CONFLICT (name) DO UPDATE
SET started_at = excluded.started_at, seen_at_ms = excluded.seen_at_ms
