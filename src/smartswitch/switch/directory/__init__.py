"""The directory: parties, packs, routes and numbers in memory, kept equal to the database."""
