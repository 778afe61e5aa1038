"""What all things that people list, open, make, change and delete have in common: tables, forms, writes, addresses."""
