"""What producers are owed: a reading of the ledger by the terms of each lot."""
