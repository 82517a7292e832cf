"""The shop that is broken: a small village with four tills and more goods than a test can sell."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from pos.app import create_app
from pos.catalog.models import Product
from pos.config import Config, Data, Printer, Public, Station
from pos.demo.build import Village, build_village
from pos.kernel.actor import SYSTEM
from pos.kernel.clock import FixedClock, day_start
from pos.kernel.database import db, engine_options, open_reading, unit_of_work
from pos.kernel.quantity import ONE, Unit
from pos.maintenance.verify import Finding, verify_books
from pos.onboarding.open_shop import open_shop
from pos.producers.models import Producer
from pos.storeroom.judge_delivery import ReceivedLine
from pos.storeroom.receive import receive_delivery

DAY = date(2026, 11, 24)
MORNING = day_start(DAY) + timedelta(hours=9)
STATIONS = ("Quầy 1", "Quầy 2", "Quầy 3", "Quầy 4")
PLENTY = 9000 * ONE  # pieces of each product: no run may end because the shelf is empty
_PRINTER = "Máy in quầy"


@dataclass(frozen=True)
class Template:
    """A shop to copy: where it lies, who may sign in, and which codes can be scanned."""

    folder: Path
    login: str
    pin: str
    codes: tuple[str, ...]


def config_for(folder: Path) -> Config:
    return Config(
        data=Data(folder=str(folder)),
        public=Public(base_url="https://trace.example.com"),
        printers=(Printer(name=_PRINTER),),
        stations=tuple(Station(name=name, printer=_PRINTER) for name in STATIONS),
    )


def seconds_to_morning() -> float:
    """What to add to the real clock so that the shop's day begins now."""
    return (MORNING - datetime.now(UTC)).total_seconds()


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards, in memory where the system has such a place: cuts are simulated."""
    memory = Path("/dev/shm")
    folder = Path(mkdtemp(prefix="ocop-faults-", dir=memory if memory.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def build_template(folder: Path) -> Template:
    """Three days of trade, and shelves filled to the ceiling."""
    app = create_app(config_for(folder), FixedClock(MORNING), synchronous="OFF")
    with app.app_context():
        upgrade()
        with unit_of_work() as session:
            open_shop(session, "Điểm OCOP thử", at=day_start(DAY - timedelta(days=3)), manager=None)
        village = build_village(db.engine, DAY, station=STATIONS[0], days=3)
        with unit_of_work() as session:
            codes = _fill_shelves(session, village)
        db.engine.dispose()
    login, pin = next((login, pin) for role, _name, login, pin in village.pins if role == "cashier")
    return Template(folder, login, pin, codes)


def _fill_shelves(session: Session, village: Village) -> tuple[str, ...]:
    named = {product.name: product for product in session.scalars(select(Product))}
    goods = [(code, named[name]) for name, code in village.codes.items() if named[name].unit == Unit.PIECE]
    for n, (_code, product) in enumerate(goods):
        receive_delivery(session, session.get_one(Producer, product.producer_id), delivery_note=f"DAY-{n}", note_date=DAY,
                arrived=[_a_lot_of(product)], by=SYSTEM, at=MORNING - timedelta(hours=1))  # fmt: skip
    return tuple(code for code, _product in goods)


def _a_lot_of(product: Product) -> ReceivedLine:
    return ReceivedLine(
        product_id=product.id, lot_number="DAY", made_on=DAY, expires_on=DAY + timedelta(days=30),
        quantity_milli=PLENTY, place_id=product.shelf_place_id or 0, unit_cost_vnd=1000,
    )  # fmt: skip


def copy_of(template: Template, folder: Path) -> Path:
    shutil.copytree(template.folder, folder)
    return folder


def findings(folder: Path) -> list[Finding]:
    """What the house's own `verify_books` says about the books in a folder."""
    url = f"sqlite:///{folder / 'shop.db'}"
    engine = create_engine(url, **engine_options(url))
    try:
        with open_reading(engine) as session:
            return verify_books(session)
    finally:
        engine.dispose()


def app_over_template(folder: Path) -> Flask:
    """The application over a copied shop, to read its books."""
    return create_app(config_for(folder), FixedClock(MORNING))
