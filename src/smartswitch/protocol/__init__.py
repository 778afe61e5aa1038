"""What the machines say to each other: frozen messages and their encoding."""
