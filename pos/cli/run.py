"""The commands that serve a shop: run, and demo with a village of its own."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import msgspec
from flask import Flask
from rich.progress import Progress

from ..config import Config
from ..kernel.clock import Clock, ShiftedClock, business_day, day_start
from ..lan.certificate import list_own_addresses
from .shared import (
    DATA_IS_NAMED,
    console,
    fail,
    make_app,
    migrate,
    require_schema,
    require_shop,
    shop_command,
    start_books,
)


def _serving(function: Callable[..., Any]) -> Callable[..., Any]:
    function = click.option("--no-browser", is_flag=True, help="Don't open a browser.")(function)
    function = click.option(
        "--lan", is_flag=True, help="Open https to the phones of the shop's network too."
    )(function)
    function = click.option(
        "--port", type=click.IntRange(0, 65535), help="Default 8080; a free one if it is taken."
    )(function)
    return click.option("--host", help="Default 127.0.0.1: this computer only.")(function)


@click.command()
@_serving
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other days of trade.")
@click.option("--days", type=click.IntRange(1, 366), default=28, show_default=True, help="Days of trade.")
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="The village's today; default: the real one."
)
@shop_command
def demo(
    config: Config,
    host: str | None,
    port: int | None,
    lan: bool,
    no_browser: bool,
    seed: int,
    days: int,
    today: datetime | None,
) -> None:
    """Open a village shop full of goods, in seconds, and sell.

    Example: ocop-pos demo --port 8090 --no-browser
    """
    from ..demo.bank_views import start_fake_bank, with_fake_bank
    from ..demo.devices import with_pretended_devices
    from ..demo.playing_bank import PlayingBank
    from ..maintenance.ownership import own_folder
    from ..serve import serve

    is_named = click.get_current_context().meta[DATA_IS_NAMED] or config.data != Config().data
    if not is_named:  # a village for now: gone with the computer's temporary files
        folder = tempfile.mkdtemp(prefix="ocop-demo-")
        config = msgspec.structs.replace(config, data=msgspec.structs.replace(config.data, folder=folder))
    clock = _demo_clock(today.date() if today else None, Clock())
    bank = PlayingBank(clock)
    config = with_fake_bank(with_pretended_devices(config), bank)
    host, port = _free_address(config, host, port)
    if not config.public.base_url:
        phones = f"https://{list_own_addresses()[0]}:{config.lan.port}" if lan else f"http://{host}:{port}"
        config = msgspec.structs.replace(
            config, public=msgspec.structs.replace(config.public, base_url=phones)
        )
    own = ExitStack()
    Path(config.data.folder).mkdir(parents=True, exist_ok=True)
    own.enter_context(own_folder(Path(config.data.folder)))
    village = _build_village(config, clock, seed, days)
    app = make_app(config, clock)
    app.config["DEMO_STRIP"] = village.strip
    start_fake_bank(app, bank)
    base = f"http://{host}:{port}"
    table = "\n".join(
        f"  {role:9} {name:22} {login:22} PIN {pin}" for role, name, login, pin in village.pins[:5]
    )
    click.echo(
        f"\nTill      {base}/till\nManager   {base}/today\nProducer  {base}/mine\nBuyer     {base}/r/{_some_receipt(app)}\n\n"
        f"People (role, name, name to sign in):\n{table}\n\nData      {config.data.folder}\nStop with Ctrl+C.\n"
    )
    with own, bank:
        serve(app, host, port, lan=lan, browser=not no_browser, care=False)


def _free_address(config: Config, host: str | None, port: int | None) -> tuple[str, int]:
    from ..serve import find_free_port

    host = host or config.server.host
    return host, find_free_port(host, config.server.port if port is None else port)


def _demo_clock(today: date | None, real: Clock) -> Clock:
    """The real clock, or one moved to half past eight of the day that is asked for.

    It is moved at night, too (in Việt Nam, wherever the reader sits): the village's morning has been already.
    """
    now = real.now()
    morning = day_start(today or business_day(now)) + timedelta(hours=8, minutes=30)
    return real if today is None and now >= morning else ShiftedClock(morning - now)


def _build_village(config: Config, clock: Clock, seed: int, days: int) -> Any:
    from ..closings.keys import begin_sealing
    from ..demo.build import build_village
    from ..demo.tags import hang_tags
    from ..demo.till import BUSY
    from ..kernel.actor import SYSTEM
    from ..kernel.database import db, unit_of_work
    from ..onboarding.open_shop import open_shop

    if (Path(config.data.folder) / "shop.db").exists():
        fail(
            f"{config.data.folder} holds a shop already: go on with it by ocop-pos run --data {config.data.folder}, "
            "or give the demo a new folder"
        )
    app = make_app(
        config, clock, synchronous="OFF"
    )  # a village that a power cut spoils is simply built again
    today = business_day(clock.now())
    with app.app_context(), Progress(console=console, transient=True) as progress:
        migrate()
        with unit_of_work() as session:
            open_shop(session, "Điểm OCOP Mông Phụ", at=day_start(today - timedelta(days=days)), manager=None,
                      address="Làng Mông Phụ, Đường Lâm, Sơn Tây, Hà Nội (bản thử)", hotline="0000 000 000")  # fmt: skip
            seal = begin_sealing(
                session, config.seal_folder(), by=SYSTEM, at=day_start(today - timedelta(days=days))
            )
        bar = progress.add_task(f"{days} days of trade", total=days)
        village = build_village(db.engine, today, seed=seed, days=days, pace=BUSY, station=config.stations[0].name, folder=Path(config.data.folder), seal=seal,
                        tell=lambda done, _all: progress.update(bar, completed=done))  # fmt: skip
        with unit_of_work() as session:
            hang_tags(session, at=clock.now())
        db.engine.dispose()
    return village


def _some_receipt(app: Flask) -> str:
    from sqlalchemy import select

    from ..kernel.database import open_reading
    from ..sales.models import Sale

    with app.app_context(), open_reading() as session:
        return session.scalars(select(Sale.receipt_code).order_by(Sale.number.desc()).limit(1)).one()


@click.command()
@_serving
@shop_command
def run(config: Config, host: str | None, port: int | None, lan: bool, no_browser: bool) -> None:
    """Run the shop.

    Example: ocop-pos run --config config.toml --lan
    """
    from ..kernel.database import db
    from ..maintenance.ownership import own_database, own_folder
    from ..serve import serve

    require_shop(config)
    with own_folder(Path(config.data.folder)):
        app = make_app(config)
        with app.app_context(), own_database(db.engine):
            require_schema(config)
            start_books()
            host, port = _free_address(config, host, port)
            ready = f"Till      http://{host}:{port}/till\nManager   http://{host}:{port}/today\nStop with Ctrl+C."
            serve(app, host, port, lan=lan, browser=not no_browser, ready=ready)


COMMANDS = (demo, run)
