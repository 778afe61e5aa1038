"""The audit log: every change of configuration, written by the database itself."""
