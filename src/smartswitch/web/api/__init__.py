"""The HTTP API, the keys with which programs use it, and webhooks, by which the switch calls them."""
