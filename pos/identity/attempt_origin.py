"""identity/attempt_origin.py — who types a PIN, as far as the browser proves it: an address, a known device, a person signed in.

A device is known by a signed cookie that a sign-in gave it. It opens nothing: it only says by which count of wrong
PINs somebody goes.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import Response, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.actor import Actor, Role
from .guesses import ADDRESS, ALL_STRANGERS, COLLEAGUE, DEVICE, STRANGER, GuessCounters, Key
from .models import Person

COOKIE = "ocop_device"
KEPT_FOR = timedelta(days=400)
MOST_PEOPLE = 30
IN_SHOP = frozenset({Role.CASHIER, Role.MANAGER})


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that somebody has signed in on. `opened_by`: the first cashier or manager who did."""

    id: str
    people: tuple[int, ...] = ()
    opened_by: int | None = None


@dataclass(frozen=True, slots=True)
class PinAttemptOrigin:
    """From where a PIN is typed. `signed_in`: who stands there already, for an approval."""

    guesses: GuessCounters
    address: str = ""
    device: Device | None = None
    signed_in: int | None = None

    def doors(self, session: Session, login: str, person: Person | None) -> tuple[Key, ...]:
        """By which counts a try at this name goes."""
        if self.signed_in is not None:
            return ((COLLEAGUE, login, str(self.signed_in)),)
        if self.device is not None and person is not None and person.id in self.device.people:
            return ((DEVICE, login, self.device.id),)
        if self.device is not None and _has_used_device(session, self.device.opened_by):
            return ((COLLEAGUE, login, str(self.device.opened_by)),)
        return ((ALL_STRANGERS, login), (STRANGER, login, self.address), (ADDRESS, self.address))


def _has_used_device(session: Session, person_id: int | None) -> bool:
    found = select(Person.id).where(Person.id == person_id, Person.active, Person.role.in_(IN_SHOP))
    return person_id is not None and session.execute(found).first() is not None


def current_guesses() -> GuessCounters:
    """The running application's counters."""
    found: GuessCounters = current_app.extensions["ocop_guesses"]
    return found


def find_attempt_origin() -> PinAttemptOrigin:
    """Who asks in this request: whoever is signed in and not locked, else the device, else an address."""
    person: Actor | None = g.get("actor")
    signed_in = person.person_id if person is not None and not g.get("locked") else None
    return PinAttemptOrigin(current_guesses(), request.remote_addr or "", find_device(), signed_in)


def find_device() -> Device | None:
    """The device that the request's cookie proves."""
    try:
        cookie_content: Any = _serializer().loads(request.cookies.get(COOKIE, ""))
        return Device(
            str(cookie_content["id"]),
            tuple(int(item) for item in cookie_content["people"]),
            cookie_content["opened_by"],
        )
    except (BadData, KeyError, TypeError, ValueError):
        return None


def is_device_of_shop() -> bool:
    """Has a cashier or manager signed in with this browser once?"""
    device = find_device()
    return device is not None and device.opened_by is not None


def remember_device(response: Response, person: Actor) -> None:
    """Whoever has signed in here: from now on the device is known for them."""
    device = find_device() or Device(secrets.token_urlsafe(16))
    others = [item for item in device.people if item != person.person_id]
    device = replace(device, people=(*others, person.person_id or 0)[-MOST_PEOPLE:])
    if device.opened_by is None and person.role in IN_SHOP:
        device = replace(device, opened_by=person.person_id)
    cookie_content = {"id": device.id, "people": device.people, "opened_by": device.opened_by}
    response.set_cookie(
        COOKIE, str(_serializer().dumps(cookie_content)), max_age=KEPT_FOR, httponly=True, samesite="Lax", secure=request.is_secure
    )  # fmt: skip


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="known device")
