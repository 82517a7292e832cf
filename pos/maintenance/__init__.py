"""Looking after the books: verify, backup and restore, doctor."""
