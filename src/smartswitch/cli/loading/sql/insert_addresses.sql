-- insert_addresses: $1 jsonb rows; those of one peer stand in order.
INSERT INTO peer_address (peer_id, position, action, network, port, transport)
SELECT p.id, v.place, v.action, v.network::cidr, v.port, v.transport
FROM jsonb_to_recordset($1::jsonb) AS v(
    parent text, place int, network text, action text, port int, transport text
)
JOIN peer AS p ON p.key = v.parent
