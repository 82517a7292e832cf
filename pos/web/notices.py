"""web/notices.py — what the next page says first: a tick for what is done, a warning for what still needs a look."""

from flask import flash

WARNING = "look"


def warn(message: str) -> None:
    """Show the message on the next page as a warning, not as something done."""
    flash(message, WARNING)
