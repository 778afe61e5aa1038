"""What every process needs: configuration, log, clock and PostgreSQL."""
