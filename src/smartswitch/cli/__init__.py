"""The `smartswitch` command."""
