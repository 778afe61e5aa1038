-- insert_balance: the empty balance of a dealer that does not exist yet. It returns nothing: until the dealer is there,
-- row-level security shows the balance to nobody. id, dealer: ids; party: key of the dealer; currency; limits.
INSERT INTO balance (id, dealer_id, kind, party, currency, credit_limit, call_limit)
VALUES (%(id)s, %(dealer)s, 'dealer', %(party)s, %(currency)s, %(credit_limit)s, %(call_limit)s)
