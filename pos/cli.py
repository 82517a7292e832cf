"""ocop-pos: the shop from the command line. Every command has --help with an example.

Exit codes: 0 done; 1 something is wrong with the shop or its data (said in one line); 2 the command was
typed wrongly; 3 a workbook has rows that are refused.
"""

import json
import os
import sys
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

from . import cli_books
from .cli_shared import (
    FAILED,
    REFUSED_ROWS,
    console,
    fail,
    make_app,
    migrate,
    open_books,
    require_no_empty_file,
    require_schema,
    require_shop,
    shop_command,
    start_books,
)
from .config import Config
from .kernel.clock import Clock, ShiftedClock, business_day, day_start
from .lan.certificate import list_own_addresses


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="ocop-pos", message="%(version)s")
def main() -> None:
    """The shop system of an OCOP sales point: till, stock, papers, traceability."""


for command in cli_books.COMMANDS:
    main.add_command(command)


def _serving(function: Callable[..., Any]) -> Callable[..., Any]:
    function = click.option("--no-browser", is_flag=True, help="Don't open a browser.")(function)
    function = click.option(
        "--lan", is_flag=True, help="Open https to the phones of the shop's network too."
    )(function)
    function = click.option(
        "--port", type=click.IntRange(0, 65535), help="Default 8080; a free one if it is taken."
    )(function)
    return click.option("--host", help="Default 127.0.0.1: this computer only.")(function)


@main.command()
@_serving
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Another seed, another ninety days of trade."
)
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True, help="Days of trade.")
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
    from .demo.devices import with_pretended_devices
    from .serve import serve
    from .upkeep.ownership import own_folder

    if config.data.folder == "ocop-data":
        folder = tempfile.mkdtemp(prefix="ocop-demo-")
        config = msgspec.structs.replace(config, data=msgspec.structs.replace(config.data, folder=folder))
    clock = _demo_clock(today.date() if today else None, Clock())
    config = with_pretended_devices(config)
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
    base = f"http://{host}:{port}"
    table = "\n".join(
        f"  {role:9} {name:22} {login:22} PIN {pin}" for role, name, login, pin in village.pins[:5]
    )
    click.echo(
        f"\nTill      {base}/till\nManager   {base}/today\nProducer  {base}/mine\nBuyer     {base}/r/{_some_receipt(app)}\n\n"
        f"People (role, name, name to sign in):\n{table}\n\nData      {config.data.folder}\nStop with Ctrl+C.\n"
    )
    with own:
        serve(app, host, port, lan=lan, browser=not no_browser, care=False)


def _free_address(config: Config, host: str | None, port: int | None) -> tuple[str, int]:
    from .serve import find_free_port

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
    from .demo.build import build_village
    from .demo.tags import hang_tags
    from .kernel.database import db, unit_of_work
    from .upkeep.opening import open_shop

    if (Path(config.data.folder) / "shop.db").exists():
        fail(f"{config.data.folder} holds a shop already: give the demo a new folder")
    app = make_app(
        config, clock, synchronous="OFF"
    )  # a village that a power cut spoils is simply built again
    today = business_day(clock.now())
    with app.app_context(), Progress(console=console, transient=True) as progress:
        migrate()
        with unit_of_work() as session:
            open_shop(session, "Điểm OCOP Mông Phụ", at=day_start(today - timedelta(days=days)), manager=None,
                      address="Làng Mông Phụ, Đường Lâm, Sơn Tây, Hà Nội (bản thử)", hotline="0000 000 000")  # fmt: skip
        bar = progress.add_task(f"{days} days of trade", total=days)
        village = build_village(db.engine, today, seed=seed, days=days, station=config.stations[0].name, folder=Path(config.data.folder),
                        tell=lambda done, _all: progress.update(bar, completed=done))  # fmt: skip
        with unit_of_work() as session:
            hang_tags(session, at=clock.now())
        db.engine.dispose()
    return village


def _some_receipt(app: Flask) -> str:
    from sqlalchemy import select

    from .kernel.database import open_reading
    from .sales.models import Sale

    with app.app_context(), open_reading() as session:
        return session.scalars(select(Sale.receipt_code).order_by(Sale.number.desc()).limit(1)).one()


@main.command()
@_serving
@shop_command
def run(config: Config, host: str | None, port: int | None, lan: bool, no_browser: bool) -> None:
    """Run the shop.

    Example: ocop-pos run --config config.toml --lan
    """
    from .kernel.database import db
    from .serve import serve
    from .upkeep.ownership import own_database, own_folder

    require_shop(config)
    with own_folder(Path(config.data.folder)):
        app = make_app(config)
        with app.app_context(), own_database(db.engine):
            require_schema(config)
            start_books()
            host, port = _free_address(config, host, port)
            ready = f"Till      http://{host}:{port}/till\nManager   http://{host}:{port}/today\nStop with Ctrl+C."
            serve(app, host, port, lan=lan, browser=not no_browser, ready=ready)


@main.command()
@click.option("--yes", is_flag=True, help="Ask nothing; take the defaults.")
@click.option("--name", default="", help="The shop's name.")
@click.option("--address", default="", help="Its address, as on the slips.")
@click.option("--hotline", default="", help="Its telephone, as on the slips.")
@shop_command
def init(config: Config, yes: bool, name: str, address: str, hotline: str) -> None:
    """Make a new shop in a data folder and say the first manager's PIN.

    Example: ocop-pos init --data shop-data --yes --name "Điểm OCOP Mông Phụ"
    """
    folder = Path(config.data.folder)
    require_no_empty_file(folder / "shop.db")
    if not yes:
        name = name or click.prompt("Tên điểm bán / name of the shop", default="Điểm bán OCOP")
        address = address or click.prompt("Địa chỉ / address", default="", show_default=False)
        hotline = hotline or click.prompt("Điện thoại / telephone", default="", show_default=False)
    opened, code = _open_shop(config, name or "Điểm bán OCOP", address, hotline)
    click.echo(
        f"Sign in as     {opened.login}\nPIN            {opened.pin}   (shown this once)\n"
        f"Recovery code  {code}   (shown this once: write it down and keep it away from this computer)\n"
        f"Then           ocop-pos run --data {config.data.folder}"
    )


def _open_shop(config: Config, name: str, address: str, hotline: str) -> tuple[Any, str]:
    """A new shop in the data folder; its first manager's sign-in and the recovery code of its backups."""
    from .kernel.database import db, unit_of_work
    from .upkeep.encryption import keep_public_key, make_code
    from .upkeep.heads import keep_head
    from .upkeep.opening import open_shop
    from .upkeep.ownership import own_folder

    folder = Path(config.data.folder)
    folder.mkdir(parents=True, exist_ok=True)
    with own_folder(folder):
        app = make_app(config)
        with app.app_context():
            migrate()
            with unit_of_work() as session:
                opened = open_shop(session, name, address=address, hotline=hotline, at=Clock().now())
            code, key = make_code()
            keep_public_key(folder, key)
            keep_head(db.engine, folder, at=Clock().now())
    assert opened is not None  # noqa: S101  a manager was asked for
    return opened, code


@main.command()
@click.option("--server", required=True, help="The shop's computer: https://192.0.2.7:8443")
@click.option(
    "--token", envvar="OCOP_POS_STATION_TOKEN", help="From the Devices page; or in the environment."
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file that holds the token.",
)
@click.option(
    "--ca",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The shop's own certificate (ocop-pos.crt).",
)
def station(server: str, token: str | None, token_file: Path | None, ca: Path | None) -> None:
    """Drive the devices of a till on a computer of its own: printers, drawer, scanner, scale, pole display.

    It goes on through any fault of the network, and stops only when told, or when its token has ended.

    Example: ocop-pos station --server https://192.0.2.7:8443 --token-file token.txt --ca ocop-pos.crt
    """
    import logging
    import signal

    from .station.agent import ServerConnection, StationAgent, TokenRefused

    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    try:
        secret = token_file.read_text("utf-8").strip() if token_file else token
    except (OSError, UnicodeDecodeError) as odd:
        fail(f"{token_file} can't be read as a token: {odd}")
        return
    if not secret:
        fail("no token: give --token, --token-file or OCOP_POS_STATION_TOKEN (the Devices page makes one)")
    try:
        agent = StationAgent(ServerConnection(server, secret or "", ca))
    except (ValueError, OSError) as odd:
        fail(f"{server}: {odd}. An address looks like https://192.0.2.7:8443; --ca is a certificate")
    signal.signal(signal.SIGTERM, lambda *_: agent.stop())
    signal.signal(signal.SIGINT, lambda *_: agent.stop())
    try:
        agent.run()
    except TokenRefused:
        fail("the shop's computer does not know this token: make a new one on its Devices page")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@shop_command
def doctor(config: Config, as_json: bool) -> None:
    """Look at settings, disk, database, decoders and printers; say what to do about each fault.

    Example: ocop-pos doctor --config config.toml
    """
    from .upkeep.doctor import check_shop

    signs = check_shop(config)
    if as_json:
        click.echo(
            json.dumps(
                [{"about": s.about, "ok": s.ok, "found": s.found, "remedy": s.remedy} for s in signs],
                ensure_ascii=False,
            )
        )
    else:
        for sign in signs:
            click.echo(
                f"{'✓' if sign.ok else '✗'} {sign.about}: {sign.found}"
                + ("" if sign.ok else f"\n    → {sign.remedy}")
            )
    needed = {"data.folder", "database"}
    sys.exit(FAILED if any(not sign.ok for sign in signs if sign.about in needed) else 0)


@main.group()
def trace() -> None:
    """The buyers' pages."""


@trace.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@shop_command
def trace_export(config: Config, folder: Path) -> None:
    """Write the buyers' pages as a static site, for any web host.

    Example: ocop-pos trace export site --data shop-data
    """
    from .trace.site import export_site

    with open_books(config) as app, Progress(console=console, transient=True) as progress:
        os.umask(0o022)  # a site is for everybody: the web host's user must be able to read it
        bar = progress.add_task(str(folder))
        pages = export_site(
            app, folder, lambda done, total: progress.update(bar, completed=done, total=total)
        )
    click.echo(f"{pages} pages in {folder}.")


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what each row would do.")
@click.option("--without-refused", is_flag=True, help="Go on without the rows that are refused.")
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="Judge as on this day; undated prices begin on it."
)
@click.option("--move-ends", is_flag=True, help="Ends of papers in the books may change: the papers say so.")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@shop_command
def import_(
    config: Config,
    file: Path,
    dry_run: bool,
    without_refused: bool,
    move_ends: bool,
    today: datetime | None,
    as_json: bool,
) -> None:
    """Read producers, products, papers, prices and lots from a workbook: all of its plan, or nothing.

    Example: ocop-pos import so-hang.xlsx --dry-run --data shop-data
    """
    from .importing.apply import apply_plan
    from .importing.preview import make_preview
    from .importing.workbook import open_workbook
    from .kernel.actor import SYSTEM
    from .kernel.database import open_reading, unit_of_work

    on = today.date() if today else business_day(Clock().now())
    with open_books(config), Progress(console=console, transient=True) as progress:
        bar = progress.add_task(file.name)
        tell = lambda done, total: progress.update(bar, completed=done, total=total)  # noqa: E731
        sheets = open_workbook(file)
        with open_reading() as session:
            found = make_preview(session, sheets, on, tell, may_move_ends=move_ends)
        stopped = bool(found.refused) and not without_refused
        if not dry_run and not stopped:
            with unit_of_work() as session:
                apply_plan(session, found, by=SYSTEM, at=Clock().now(), source=file.name, tell=tell)
    if as_json:
        written = not dry_run and not stopped
        click.echo(
            json.dumps(
                {
                    "file": file.name,
                    "written": written,
                    "counts": found.counts,
                    "unread": [{"sheet": sheet, "heading": heading} for sheet, heading in found.unread],
                    "rows": [r.plain() for r in found.rows],
                },
                ensure_ascii=False,
            )
        )
    else:
        for row in found.rows:
            if row.says not in {"add", "same"}:
                click.echo(f"{row.sheet} {row.cell or row.row}: {row.says} {row.text} {row.name}".rstrip())
        for sheet, heading in found.unread:
            click.echo(f"{sheet}: the column “{heading}” is not understood and was not read")
        click.echo(", ".join(f"{count} {code}" for code, count in sorted(found.counts.items())))
        if stopped and not dry_run:
            click.echo("Nothing was written: mend the rows above, or add --without-refused.")
    sys.exit(REFUSED_ROWS if stopped else 0)


@main.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@shop_command
def export_(config: Config, file: Path) -> None:
    """Write goods, papers, prices and lots to a workbook that reads back as the same.

    Example: ocop-pos export hang-hoa.xlsx --data shop-data
    """
    from .importing.export import render_export
    from .kernel.database import open_reading

    with open_books(config), open_reading() as session:
        file.write_bytes(render_export(session, business_day(Clock().now())))
    click.echo(str(file))


@main.group()
def people() -> None:
    """People who may sign in."""


@people.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(["cashier", "manager", "producer", "viewer"]), required=True)
@click.option("--producer", default="", help="The producer's name, for a producer's person.")
@shop_command
def people_add(config: Config, name: str, role: str, producer: str) -> None:
    """Add a person and say their PIN once.

    Example: ocop-pos people add "Thu ngân 2" --role cashier
    """
    from .identity.people import add_person
    from .kernel.actor import SYSTEM, Role
    from .kernel.database import unit_of_work
    from .producers.terms import find_producer

    with open_books(config), unit_of_work() as session:
        theirs = find_producer(session, producer) if producer else None
        person, pin = add_person(
            session, name, Role(role), by=SYSTEM, at=Clock().now(), producer_id=theirs.id if theirs else None
        )
    click.echo(f"{person.login}  PIN {pin}")


@people.command("reset-pin")
@click.argument("login")
@shop_command
def people_reset_pin(config: Config, login: str) -> None:
    """Give a person a new PIN and say it once.

    Example: ocop-pos people reset-pin thu-ngan-2
    """
    from .identity.people import list_persons as everybody
    from .identity.people import reset_pin
    from .kernel.actor import SYSTEM
    from .kernel.database import unit_of_work

    with open_books(config), unit_of_work() as session:
        person = next((p for p in everybody(session) if p.login == login), None)
        if person is None:
            fail(f"nobody signs in as {login}: ocop-pos people list")
            return
        pin = reset_pin(session, person, by=SYSTEM, at=Clock().now())
    click.echo(f"{login}  PIN {pin}")


@people.command("list")
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@shop_command
def people_list(config: Config, as_json: bool) -> None:
    """List people, never their PINs.

    Example: ocop-pos people list --json
    """
    from .identity.people import list_persons as everybody
    from .kernel.database import open_reading

    with open_books(config), open_reading() as session:
        rows = [
            {"login": p.login, "name": p.name, "role": p.role, "active": p.active} for p in everybody(session)
        ]
    click.echo(
        json.dumps(rows, ensure_ascii=False)
        if as_json
        else "\n".join(f"{r['role']:9} {r['login']:20} {r['name']}" for r in rows)
    )


@main.group("db")
def database() -> None:
    """The database's schema."""


@database.command("upgrade")
@shop_command
def db_upgrade(config: Config) -> None:
    """Bring the schema up to date; `run` does it by itself.

    Example: ocop-pos db upgrade --data shop-data
    """
    with open_books(config):
        click.echo("The schema is up to date.")


if __name__ == "__main__":
    main()
