-- rolled_until: up to where calls are added up by quarters of an hour; no moment if they never were.
SELECT nullif(r.rolled_until, '-infinity') AS rolled_until FROM roll_up AS r
