"""Shifts at a till: the float, what went through the drawer, the count at the end."""
