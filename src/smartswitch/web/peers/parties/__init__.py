"""Peers that call: phones of users, and lines of originators."""
