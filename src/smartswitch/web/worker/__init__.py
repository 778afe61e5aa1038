"""The worker: jobs that wait in PostgreSQL, and what is done every minute and every day."""
