-- roll_up: bring the quarters up to date (quarters.sql). $1: how far before the last time to look again. The worker.
SELECT roll_up_calls($1::interval)
