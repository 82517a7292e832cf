"""What all tests share: shops as real database files, copied from a template per test; a clock that stands still."""

import fcntl
import os
import pickle
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from openpyxl.reader.excel import ExcelReader
from PIL import ImageFile
from pypdf import PdfReader
from sqlalchemy import Engine, create_engine
from werkzeug.routing import Rule

from hardware.fakes.printer import FakePrinter
from pos.app import create_app, start_devices, start_printing
from pos.config import Config, Data, Database, Printer, Public, Server, Station
from pos.demo.build import TOLD_PINS, Village, build_village
from pos.identity import pins
from pos.kernel.actor import Actor, Role
from pos.kernel.clock import FixedClock, day_start
from pos.kernel.database import db, engine_options, open_reading, unit_of_work
from pos.kernel.slow_work import refuse_inside_unit_of_work
from pos.lan.door import PlainDoor
from pos.onboarding.open_shop import open_shop

from .postgresql import server

OUTSIDE_ONLY = {  # audit events of Python's own: a call to a network, a new process
    "socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "subprocess.Popen", "os.posix_spawn", "os.fork",
}  # fmt: skip


def _watch(event: str, _facts: tuple[object, ...]) -> None:
    """In every test: whoever calls out or starts a process while a unit of work is open fails there."""
    if event in OUTSIDE_ONLY:
        refuse_inside_unit_of_work(event)


sys.addaudithook(_watch)


def _guarded(load: Callable[..., Any]) -> Callable[..., Any]:
    """A decoder of pictures or workbooks, that fails inside a unit of work."""

    @wraps(load)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        refuse_inside_unit_of_work(load.__qualname__)
        return load(*args, **kwargs)

    return guarded


ImageFile.ImageFile.load = _guarded(ImageFile.ImageFile.load)  # type: ignore[method-assign]
ExcelReader.read = _guarded(ExcelReader.read)  # type: ignore[method-assign]
pypdfium2.PdfDocument.__init__ = _guarded(pypdfium2.PdfDocument.__init__)
PdfReader.__init__ = _guarded(PdfReader.__init__)  # type: ignore[method-assign]

TODAY = date(2026, 11, 24)
MORNING = day_start(TODAY) + timedelta(hours=9)
STATION = "Quầy 1"
Path(".artifacts").mkdir(exist_ok=True)  # where tests leave pictures to be looked at
CASHIER = Actor(None, "Thu ngân thử", Role.CASHIER, STATION)
MANAGER = Actor(None, "Quản lý thử", Role.MANAGER, STATION)


@dataclass
class Shop:
    """A running shop over its own database: the application, its clock, and (in the village) its cast."""

    app: Flask
    clock: FixedClock
    folder: Path
    village: Village | None = None

    def client(self, role: str | None = None, login: str | None = None) -> FlaskClient:
        """A browser without a window; signed in as the village's person of that role if one is named."""
        client = self.app.test_client()
        if role is not None:
            logins = (
                {r: login_ for r, _name, login_, _pin in reversed(self.village.pins)} if self.village else {}
            )
            answer = client.post(
                "/sign-in", data={"login": login or logins[role], "pin": TOLD_PINS[role], "station": STATION}
            )
            assert answer.status_code == 302, f"{role} could not sign in"
        return client

    def write(self):  # noqa: ANN201
        return unit_of_work()

    def read(self):  # noqa: ANN201
        return open_reading()


def config_for(folder: Path, printer_address: str = "none", url: str = "", **devices: Any) -> Config:
    """`devices`: what else hangs on the first station."""
    return Config(
        server=Server(port=0),
        data=Data(folder=str(folder)),
        database=Database(url=url),
        public=Public(base_url="https://trace.example.com"),
        printers=(Printer(name="Máy in quầy", address=printer_address),),
        stations=(
            Station(name=STATION, printer="Máy in quầy", **devices),
            Station(name="Quầy 2", printer="Máy in quầy"),
        ),
    )


TEMPLATES = Path(__file__).parent.parent / ".artifacts" / "templates"  # compiled once, not once a test
TEMPLATES.mkdir(parents=True, exist_ok=True)
REAL_HASHER = pins.hasher
pins.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # for a thousand sign-ins
pins.PAUSE_S = 0.0


# Each test has an application of its own. What in it doesn't depend on its books is made once for all: the functions that
# build its addresses, and the text of its statements, which SQLAlchemy keeps by engine and dialect.
_compile_builder = Rule._compile_builder
_builders: dict[tuple[str, str, str | None, bool], Any] = {}
_engines: dict[str, Engine] = {}


def _compile_once(rule: Rule, append_unknown: bool = True) -> Any:
    key = rule.rule, repr(rule.defaults), rule.subdomain, append_unknown
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


Rule._compile_builder = _compile_once  # type: ignore[method-assign]


def _share_statements(engine: Engine) -> None:
    """Use the dialect and the compiled statements of one engine of this kind, which is connected to no shop's file."""
    name = engine.dialect.name
    if name not in _engines:
        scratch = f"sqlite:///{tempfile.mkdtemp()}/books.db" if name == "sqlite" else engine.url
        _engines[name] = create_engine(scratch, **engine_options(str(scratch)))
        _engines[name].connect().close()
        _engines[name].dispose()
    engine.dialect = engine.pool._dialect = _engines[name].dialect
    engine._compiled_cache = _engines[name]._compiled_cache


def app_over(
    folder: Path, clock: FixedClock, printer_address: str = "none", url: str = "", **devices: Any
) -> Flask:
    app = create_app(config_for(folder, printer_address, url, **devices), clock)
    with app.app_context():
        _share_statements(db.engine)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(TEMPLATES))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture(scope="session")
def empty_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated shop without goods."""
    folder = tmp_path_factory.mktemp("empty")
    app = app_over(folder, FixedClock(MORNING))
    with app.app_context():
        upgrade()
        with unit_of_work() as session:
            open_shop(session, "Điểm OCOP thử", at=MORNING - timedelta(days=30), manager=None)
        db.engine.dispose()
    return folder


@pytest.fixture(scope="session")
def village_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Village]:
    """The demo village after three days of trade: built by the first worker that asks, shared by all."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder, told = base / "village", base / "village.pickle"
    with (base / "village.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            told.write_bytes(pickle.dumps(_built(folder)))
        village: Village = pickle.loads(told.read_bytes())
    return folder, village


def _built(folder: Path) -> Village:
    app = app_over(folder, FixedClock(MORNING))
    with app.app_context():
        upgrade()
        with unit_of_work() as session:
            open_shop(session, "Điểm OCOP Mông Phụ", at=day_start(TODAY - timedelta(days=3)), manager=None,
                      address="Đường Lâm (ví dụ)")  # fmt: skip
        village = build_village(db.engine, TODAY, station=STATION, folder=folder, days=3)
        db.engine.dispose()
    return village


def copied(template: Path, folder: Path) -> Path:
    """The books copied; the scans and pictures, which are named by their content and never change, only linked."""
    shutil.copytree(template, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("files"))
    if (template / "files").is_dir():
        shutil.copytree(template / "files", folder / "files", copy_function=os.link)
    return folder


@pytest.fixture
def shop(empty_template: Path, tmp_path: Path) -> Iterator[Shop]:
    """A new, empty shop on SQLite."""
    clock = FixedClock(MORNING)
    folder = copied(empty_template, tmp_path / "shop")
    app = app_over(folder, clock)
    with app.app_context():
        yield Shop(app, clock, folder)
        db.engine.dispose()


@pytest.fixture
def village(village_template: tuple[Path, Village], tmp_path: Path) -> Iterator[Shop]:
    """The village on SQLite, at nine in the morning of TODAY."""
    template, cast = village_template
    clock = FixedClock(MORNING)
    folder = copied(template, tmp_path / "village")
    app = app_over(folder, clock)
    with app.app_context():
        yield Shop(app, clock, folder, cast)
        db.engine.dispose()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with server() as address:
        admin = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE template_shop")
        yield address
        admin.dispose()


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated shop without goods, to be copied by CREATE DATABASE … TEMPLATE."""
    folder = tmp_path_factory.mktemp("pg")
    app = app_over(folder, FixedClock(MORNING), url=f"{postgresql}/template_shop")
    with app.app_context():
        upgrade()
        with unit_of_work() as session:
            open_shop(session, "Điểm OCOP thử", at=MORNING - timedelta(days=30), manager=None)
        db.engine.dispose()
    return "template_shop"


@pytest.fixture(params=["sqlite", "postgresql"])
def any_shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """A new, empty shop on each database in turn: the use cases hold on both."""
    if request.param == "sqlite":
        yield request.getfixturevalue("shop")
        return
    template = request.getfixturevalue("postgresql_template")
    address = request.getfixturevalue("postgresql")
    name = f"shop_{uuid.uuid4().hex[:12]}"
    admin = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    clock = FixedClock(MORNING)
    app = app_over(tmp_path / "pg", clock, url=f"{address}/{name}")
    with app.app_context():
        yield Shop(app, clock, tmp_path / "pg")
        db.engine.dispose()
    admin.dispose()


@dataclass
class Served(Shop):
    """A shop behind a real socket, with a real (fake) printer on another."""

    base: str = ""
    printer: FakePrinter | None = None


@contextmanager
def serving(
    template: tuple[Path, Village], folder: Path, printer_address: str, **devices: Any
) -> Iterator[Served]:
    """The village behind a real socket, its printers and devices driven as in a shop."""
    folder, clock = copied(template[0], folder), FixedClock(MORNING)
    app = app_over(folder, clock, printer_address, **devices)
    app.config.update(WTF_CSRF_ENABLED=True)
    worker, drivers = start_printing(app), start_devices(app)
    door = PlainDoor(app, "127.0.0.1", 0, threads=8).open()
    yield Served(app, clock, folder, template[1], f"http://127.0.0.1:{door.port}")
    app.extensions["ocop_hub"].close()
    drivers.stop()
    door.close()
    worker.stop()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def served(village_template: tuple[Path, Village], tmp_path: Path) -> Iterator[Served]:
    paper = FakePrinter().start()
    with serving(village_template, tmp_path / "served", paper.address) as shop:
        shop.printer = paper
        yield shop
    paper.stop()
