"""What goes in and out of the API, made from forms and columns of nouns."""
