"""Companies: the customer and partner records of a dealer."""
