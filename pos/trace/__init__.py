"""Traceability for the buyer: what the code on a receipt leads to."""
