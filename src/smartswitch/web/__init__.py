"""The Django part: schema, pages and the HTTP API."""
