"""Scales on a serial line."""
