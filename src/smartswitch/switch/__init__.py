"""Call control: answers Kamailio's questions and drives each call to its end."""
