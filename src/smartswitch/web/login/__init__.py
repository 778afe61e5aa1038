"""Logging in and out, and for whom a request acts."""
