"""The shop system: rooms named after the shop's own work. `pos/README.md` is the map."""

__version__ = "0.1.0"
