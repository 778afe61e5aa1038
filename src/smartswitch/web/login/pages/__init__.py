"""The pages of what keeps a login safe: second factor, sessions, lost passwords."""
