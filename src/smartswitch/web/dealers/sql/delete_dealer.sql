-- delete_dealer: a dealer, what it was granted and shared, and its balances. dealer: id.
-- One statement, since a dealer and its balance name each other. Who still refers to any of them makes it fail, at once
-- if constraints are immediate.
WITH grants AS (
    DELETE FROM right_grant WHERE dealer_id = %(dealer)s
), shares AS (
    DELETE FROM shared WHERE with_dealer_id = %(dealer)s
), balances AS (
    DELETE FROM balance WHERE dealer_id = %(dealer)s
)
DELETE FROM dealer WHERE id = %(dealer)s
