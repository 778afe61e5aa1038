"""The parts of a party file: its values, the readers of its tables, and the checks across tables."""
