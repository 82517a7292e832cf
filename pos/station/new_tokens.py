"""station/new_tokens.py — new tokens of stations' computers on their way to the page that shows them, until they are said to be
written down.
"""

from dataclasses import dataclass, field

from flask import current_app

from ..kernel.errors import NotFound
from ..web.rights import current_sign_in
from ..web.shown_secrets import ShownSecrets


@dataclass(frozen=True, slots=True)
class NewToken:
    station: str
    token: str = field(repr=False)


class NewTokens(ShownSecrets[NewToken]):
    """What waits to be written down, by sign-in and station."""


def keep_new_token(station: str, token: str) -> None:
    """Show it to this sign-in. Call it after the commit."""
    _current_new_tokens().keep(current_sign_in(), station, NewToken(station, token))


def list_new_tokens() -> list[NewToken]:
    """What this sign-in is to be shown, until it is acknowledged."""
    return _current_new_tokens().list_waiting(current_sign_in())


def get_new_token(station: str) -> NewToken:
    """Raises NotFound (`token_gone`) for one that was acknowledged, is too old or was made by another sign-in."""
    found = next((new_token for new_token in list_new_tokens() if new_token.station == station), None)
    if found is None:
        raise NotFound.because("token_gone")
    return found


def acknowledge_new_token(station: str) -> None:
    """It is written down, or worth nothing any more: nobody is shown it."""
    _current_new_tokens().acknowledge_secret(current_sign_in(), station)


def _current_new_tokens() -> NewTokens:
    found: NewTokens = current_app.extensions["ocop_new_tokens"]
    return found
