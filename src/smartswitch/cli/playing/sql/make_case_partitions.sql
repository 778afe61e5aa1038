-- make_case_partitions: a case may play in any year. $1 date the first day, $2 date the last.
SELECT make_partitions_between($1::date, $2::date)
