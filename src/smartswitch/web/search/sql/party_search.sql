-- All that the search above a table of companies or peers looks at, in the order of the table: so it reads this index and not
-- a hundred thousand rows.
CREATE INDEX company_found ON company (key) INCLUDE (id, dealer_id, searched);
CREATE INDEX peer_found ON peer (key) INCLUDE (id, dealer_id, kind, searched);
