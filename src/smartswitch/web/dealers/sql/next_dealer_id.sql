-- next_dealer_id: the id of a dealer that is about to be made.
SELECT nextval('dealer_id_seq') AS id
