"""Who is calling or registering: by address, by digest; and who is not let in."""
