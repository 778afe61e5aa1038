-- next_ids: the ids of a dealer that is about to be made, and of its balance.
SELECT nextval('dealer_id_seq') AS dealer_id, nextval('balance_id_seq') AS balance_id
