"""The demonstration that `smartswitch up --demo` starts with: a hierarchy, price lists, a terminator, some calls."""
