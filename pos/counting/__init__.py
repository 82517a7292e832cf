"""Counts: several people at once, by phone or scanner, while the till goes on selling."""
