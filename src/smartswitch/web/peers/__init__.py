"""Peers: the parties on the wire, how they are known, and their numbers."""
