"""Phone numbers of ours, and to which peer each leads."""
