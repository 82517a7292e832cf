"""feeds — what providers tell of the shop's accounts, each in a module that can be copied for another. They know no database."""
