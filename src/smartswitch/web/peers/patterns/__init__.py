"""Number translations: how numbers are rewritten on their way from or to a peer."""
