-- read_dids: every number of ours and its peer. No parameters.
SELECT number, peer_id
FROM did
