-- What the tables of companies, peers and payments are sorted and narrowed by, so that a page of them is read and not a
-- hundred thousand rows sorted for it.
CREATE INDEX company_by_name ON company (name, key);
CREATE INDEX company_of_dealer_by_key ON company (dealer_id, key);
CREATE INDEX company_blocked ON company (key) WHERE is_blocked;
CREATE INDEX peer_by_name ON peer (name, key);
CREATE INDEX peer_of_dealer_by_key ON peer (dealer_id, key);
CREATE INDEX peer_blocked ON peer (key) WHERE is_blocked;
CREATE INDEX ledger_transfer_newest ON ledger_transfer (created_at, id);
-- A handful among all peers, and the people who have a role.
CREATE INDEX peer_terminator ON peer (key) WHERE kind = 'terminator';
CREATE INDEX login_role ON login (role_id) WHERE role_id IS NOT NULL;
