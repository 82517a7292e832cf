"""A shop on disk for a measurement: migrated, opened, with a cashier; and a cashier's browser."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from pos.app import create_app
from pos.config import Config, Data, Public
from pos.identity.people import add_person
from pos.kernel.actor import SYSTEM, Role
from pos.kernel.database import db, unit_of_work
from pos.onboarding.open_shop import open_shop
from pos.shifts.drawer import open_shift

PIN = "135792"
LOGIN = "thu-ngan"
OPENED_DAYS_AGO = 4000  # before every past sale: the journal can't be written backwards


def config_over(folder: Path) -> Config:
    return Config(data=Data(folder=str(folder)), public=Public(base_url="https://trace.example.com"))


STATION = Config().stations[0].name


def app_over(folder: Path) -> Flask:
    """The product as it is, but for the form token: a test client asks for no page to take it from."""
    app = create_app(config_over(folder))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


def new_shop(folder: Path) -> None:
    """An empty shop with one cashier, opened long ago."""
    app = app_over(folder)
    at = datetime.now(UTC) - timedelta(days=OPENED_DAYS_AGO)
    with app.app_context():
        upgrade()
        with unit_of_work() as session:
            open_shop(session, "Điểm OCOP đo tốc độ", at=at, manager=None, address="Đường Lâm (ví dụ)")
            add_person(session, "Thu ngân", Role.CASHIER, by=SYSTEM, at=at, login=LOGIN, pin=PIN)
        db.engine.dispose()


def copied(shop: Path, folder: Path) -> Path:
    shutil.copytree(shop, folder)
    return folder


class Till:
    """A cashier at work in this process: signs in, opens a shift, scans, takes money."""

    def __init__(self, folder: Path) -> None:
        self.app = app_over(folder)
        self.client: FlaskClient = self.app.test_client()
        self._keys = count()
        self._post("/sign-in", 302, login=LOGIN, pin=PIN, station=STATION)
        with self.app.app_context(), unit_of_work() as session:
            open_shift(session, STATION, 500_000, by=SYSTEM, at=datetime.now(UTC))

    def scan(self, code: str) -> str:
        return self._post("/till/scan", 200, code=code, quantity="", key=f"bench-{next(self._keys)}")

    def pay(self, basket: dict[str, str]) -> str:
        """Money enough for any basket, handed over with a nod to `it looks mistyped`."""
        return self._post("/till/pay", 200, given="9000000", sure="1", **basket)

    def _post(self, address: str, expected: int, **form: Any) -> str:
        answer = self.client.post(address, data=form)
        body = answer.get_data(as_text=True)
        if answer.status_code != expected or 'data-panel="refused"' in body:
            raise RuntimeError(f"{address} was answered with {answer.status_code}:\n{body[:2000]}")
        return body

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()


def basket_in(page: str) -> dict[str, str]:
    """The basket's id and version, as the page's own pay forms would send them."""
    return {name: hidden(page, name) for name in ("basket_id", "version")}


def hidden(page: str, name: str) -> str:
    """The value of a form's hidden field."""
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    value = re.search(r'value="([^"]*)"', field.group()) if field else None
    if value is None:
        raise RuntimeError(f"no field {name} in the page:\n{page[:2000]}")
    return value.group(1)
