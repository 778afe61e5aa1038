"""Address lists: who may call from where."""
