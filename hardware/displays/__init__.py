"""Displays on a pole, for the customer."""
