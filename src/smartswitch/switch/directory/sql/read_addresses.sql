-- read_addresses: every allow and deny rule; without a peer it is in everybody's list. No parameters.
SELECT position, action, network::text AS network, peer_id, port, transport
FROM peer_address
ORDER BY position, id
