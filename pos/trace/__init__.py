"""Traceability for the buyer: what the code on a receipt or a tag leads to."""
