"""What is decided about a call before money is asked for: who pays, which routes, or why not."""
