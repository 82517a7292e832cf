"""payments/statements — an account's lines as a bank's file has them. Pure: no database, no clock, no request."""
