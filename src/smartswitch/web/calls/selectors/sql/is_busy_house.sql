-- is_busy_house: whether the house of a dealer has a good part of all calls (calls/sql/finding_calls.sql). scope: id.
SELECT is_busy_house(%(scope)s) AS is_busy
