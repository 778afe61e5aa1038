"""Plays a business case: the real directory, call control and charging, on a virtual clock and a virtual wire."""
