"""Rights: what dealers are granted, roles, and the logins of people."""
