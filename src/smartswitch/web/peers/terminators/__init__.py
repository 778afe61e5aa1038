"""Terminators: peers to which the owner's calls go out."""
