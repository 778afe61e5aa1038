"""Loading a party file into the database: what exists is brought up to date, nothing is made twice."""
