"""The first pages: the day at a glance, live calls, the last calls with their charges, balances, and why a call cost what
it cost."""
