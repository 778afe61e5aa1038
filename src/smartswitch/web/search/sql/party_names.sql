-- The parties that a dealer sells to, in the order of their names, as his balances list them.
CREATE INDEX company_of_dealer_by_name ON company (dealer_id, lower(left(COALESCE(nullif(name, ''), key), 100)), key);
CREATE INDEX peer_of_dealer_by_name ON peer (dealer_id, lower(left(COALESCE(nullif(name, ''), key), 100)), key)
    WHERE kind <> 'terminator' AND pays_from = 'peer';
