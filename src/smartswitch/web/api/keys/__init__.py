"""API keys: made by a person, shown once, kept as a hash, never allowed more than that person."""
