-- make_partitions: see that cdr, charge and ledger_transfer have partitions $1 months ahead; how many were made.
SELECT make_partitions($1)
