"""Routing: route classes, routes, hunting classes, and what is shared with other dealers."""
