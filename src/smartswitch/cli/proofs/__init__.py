"""The commands that prove that what is on record is what happened: the ledger and the audit log."""
