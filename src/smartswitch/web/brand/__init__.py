"""Under whose name people see the web account: a dealer's name, logo, colour and host name, and the settings of a house."""
