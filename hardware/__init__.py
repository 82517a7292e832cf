"""Scanners, printers, drawers: devices of a till. Knows nothing of shops, databases or the web."""
