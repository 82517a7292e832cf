"""identity/new_pins.py — new PINs on their way to the pages that show them, until they are said to be written down."""

from dataclasses import dataclass, field

from flask import current_app, session

from ..kernel.errors import NotFound
from ..web.shown_secrets import ShownSecrets
from .sign_in import COOKIE_KEY, hash_token


@dataclass(frozen=True, slots=True)
class NewPin:
    name: str
    login: str
    pin: str = field(repr=False)


class NewPins(ShownSecrets[NewPin]):
    """What waits to be written down, by sign-in and the name to sign in with."""


def keep_new_pin(name: str, login: str, pin: str) -> None:
    """Show it on the pages of this sign-in that show such. Call it after the commit."""
    _current_new_pins().keep(_current_sign_in(), login, NewPin(name, login, pin))


def list_new_pins() -> list[NewPin]:
    """What this sign-in is to be shown, until it is acknowledged."""
    return _current_new_pins().list_waiting(_current_sign_in())


def get_new_pin(login: str) -> NewPin:
    """Raises NotFound (`pin_gone`) for one that was acknowledged, is too old or was made by another sign-in."""
    found = next((new_pin for new_pin in list_new_pins() if new_pin.login == login), None)
    if found is None:
        raise NotFound.because("pin_gone")
    return found


def acknowledge_new_pin(login: str) -> None:
    """Whoever made it says that it is written down."""
    _current_new_pins().acknowledge_secret(_current_sign_in(), login)


def move_new_pins(old_token: str) -> None:
    """What waited for the sign-in of that token waits for the current one, which took its place."""
    _current_new_pins().move_secrets(hash_token(old_token), _current_sign_in())


def _current_sign_in() -> str:
    return hash_token(session[COOKIE_KEY])


def _current_new_pins() -> NewPins:
    found: NewPins = current_app.extensions["ocop_told_pins"]
    return found
