"""User names and passwords of phones: made, shown once, never kept."""
