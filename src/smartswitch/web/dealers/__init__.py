"""Dealers: the tree of who sells to whom."""
