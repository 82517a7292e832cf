"""The journal (sổ nhật ký): who did what and when, append-only, each row chained to the one before."""
