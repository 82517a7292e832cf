"""Printer drivers. Each is a PrinterPort; `escpos.py` speaks to all that understand ESC/POS."""
