"""Prices over time: the only place of a price."""
