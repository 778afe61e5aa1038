"""Webhooks: what happens in a house is told to an address that its dealer names, signed and retried."""
