"""Keeping the processes of one host alive, for `smartswitch up`."""
