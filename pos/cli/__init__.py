"""The command `ocop-pos`, a module a group of commands."""

from .commands import main

__all__ = ["main"]
