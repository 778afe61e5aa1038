"""The Django project: settings, addresses, and the way into the database schema."""
