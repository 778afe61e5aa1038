"""Balances, transfers of the ledger, and the ids of payments."""
