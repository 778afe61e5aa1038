"""Values and decisions; pure: no clock, no input or output, no framework."""
