"""payments — money that comes to the shop's bank accounts: codes to pay by, accounts, feeds, transfers. Knows no sale."""
