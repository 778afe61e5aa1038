"""Finds calls and reads them. Each selector takes a viewer and gives frozen facts of his house and of nothing else."""
