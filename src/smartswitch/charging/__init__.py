"""The only writer of balances: authorize, extend, settle, release, expire."""
