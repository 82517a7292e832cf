"""banking — the shop's bank accounts: feeds that are asked, statements that are read, what each transfer was for."""
