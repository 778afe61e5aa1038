"""Past calls: reading them with their charges, and rating them again."""
