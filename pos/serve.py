"""serve.py — the running shop: its doors, its printers, its nightly care, until somebody says stop."""

import contextlib
import faulthandler
import logging
import signal
import socket
import ssl
import threading
import time
import webbrowser
from functools import partial
from pathlib import Path
from typing import Any

import click
import segno
from flask import Flask

from .app import has_signed_cookie, make_mail_worker, start_devices, start_feeds, start_printing
from .closings.close import close_due_periods
from .closings.keys import begin_sealing
from .closings.seal import SealUnreadable
from .config import Config
from .journal.record import record
from .kernel.actor import SYSTEM
from .kernel.clock import Clock
from .kernel.database import db, unit_of_work
from .kernel.garbage import leave_loaded_alone
from .lan.certificate import is_private, list_own_addresses, prepare_certificate
from .lan.door import DOOR_RESTARTED, PUBLIC_DOOR, PlainDoor, TlsDoor, mark_requests
from .lan.http_server import DoorLimits
from .lan.phone_address import NETWORK_ADDRESS
from .lan.views import CERTIFICATES
from .maintenance.care import NightlyCare
from .maintenance.heads import HeadKeeper

Door = PlainDoor | TlsDoor
STOPS_WITHIN_S = 25

log = logging.getLogger(__name__)


class NoSuchAddress(Exception):
    """A door can't be opened there; the message says what to do."""


def serve(
    app: Flask, host: str, port: int, *, lan: bool, browser: bool, care: bool = True, ready: str = ""
) -> None:
    """Serve until Ctrl+C or SIGTERM. The till's own door is opened first; the others are said on the terminal.

    `prepare_certificate` is said once every door is open: a shop that can't be opened says only why.
    """
    config: Config = app.extensions["ocop_config"]
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    doors: list[Door] = [
        PlainDoor(app, host, port, threads=config.server.threads, **_door_options(app, config, "till"))
    ]
    if lan or config.lan.enabled:
        doors.append(_lan_door(app, config))
    if config.public.port:
        doors.append(_public_door(app, config))
    start_sealing(app)
    worker, drivers = start_printing(app), start_devices(app)
    nightly = start_care(app) if care and config.care.nightly else None
    heads, feeds, mail = start_heads(app), start_feeds(app), make_mail_worker(app).start()
    leave_loaded_alone()
    for door in doors:
        door.open()
    if ready:
        click.echo(ready)
    if browser:
        threading.Thread(target=_open_browser, args=(f"http://{host}:{port}/",), daemon=True).start()
    try:
        _wait_for_signal()
    finally:
        # Whatever doesn't end by then ends as in a power cut, which loses nothing; where it hung is said on the terminal.
        faulthandler.dump_traceback_later(STOPS_WITHIN_S, exit=True)
        app.extensions["ocop_hub"].close()  # no page waits for scans any longer
        drivers.stop()
        for door in reversed(doors):
            door.close()
        feeds.stop()
        mail.stop()
        worker.stop()
        if nightly:
            nightly.stop()
        heads.stop()


def _wait_for_signal() -> None:
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    with contextlib.suppress(KeyboardInterrupt):
        stopped.wait()


def _lan_door(app: Flask, config: Config) -> TlsDoor:
    """Https for the shop's own phones and laptops, with the certificate they are to trust."""
    clock: Clock = app.extensions["ocop_clock"]
    at_all = config.lan.host in {"0.0.0.0", "::"}  # noqa: S104  compared, not bound
    addresses = list_own_addresses() if at_all else [config.lan.host]
    if not all(is_private(address) for address in addresses):
        raise NoSuchAddress(
            f"{config.lan.host} is no address of a private network: leave [lan] host as it is"
        )
    chain, key = prepare_certificate(Path(config.data.folder) / CERTIFICATES, addresses, at=clock.now())
    port = find_free_port(config.lan.host, config.lan.port)
    door = TlsDoor(
        mark_requests(app, "lan"), config.lan.host, port, chain, key,
        threads=config.server.threads, **_door_options(app, config, "lan"),
    )  # fmt: skip
    app.extensions[NETWORK_ADDRESS] = f"https://{addresses[0]}:{door.port}"
    guide = f"{app.extensions[NETWORK_ADDRESS]}/phone"
    click.echo(f"Phones    {guide}   (say “go on” once; the page tells how the phone comes to trust it)")
    click.echo(_render_qr(guide))
    return door


def _door_options(app: Flask, config: Config, name: str) -> dict[str, Any]:
    """What all doors have alike: their limits, the proxy that is believed, where it is written down that one ended."""
    limits = DoorLimits(proxy=config.server.proxy, is_signed_in=partial(has_signed_cookie, app))
    return {"limits": limits, "name": name, "on_ended": partial(record_door_restart, app)}


def record_door_restart(app: Flask, name: str, why: str) -> None:
    """Write into the journal that a door ended and was opened again; the manager's first page shows it."""
    clock: Clock = app.extensions["ocop_clock"]
    with app.app_context(), unit_of_work() as session:
        record(session, DOOR_RESTARTED, by=SYSTEM, at=clock.now(), door=name, why=why[:500])


def _render_qr(address: str) -> str:
    from io import StringIO

    out = StringIO()
    segno.make(address, error="l").terminal(out=out, compact=True)
    return out.getvalue()


def _public_door(app: Flask, config: Config) -> Door:
    public, through = config.public, mark_requests(app, PUBLIC_DOOR)
    options = _door_options(app, config, PUBLIC_DOOR)
    port = find_free_port(public.host, public.port)
    door: Door
    if public.certificate:
        for name, path in (("certificate", public.certificate), ("key", public.key)):
            if not Path(path).is_file():
                raise NoSuchAddress(f"[public] {name}: there is no file {path or '(none is named)'}")
        try:
            door = TlsDoor(
                through, public.host, port, Path(public.certificate), Path(public.key), threads=8, **options
            )
        except ssl.SSLError as odd:
            raise NoSuchAddress(
                f"[public] certificate and key: {public.certificate} and {public.key} are no PEM certificate with its key"
            ) from odd
    else:
        door = PlainDoor(through, public.host, port, threads=8, **options)
    click.echo(f"Public    port {door.port}: the buyers' and producers' pages alone")
    return door


def start_sealing(app: Flask) -> None:
    """Bring the shop's key, made at the first start; close the days that ended while the server was off.

    Whatever is wrong with the key's file, the shop opens: its closings are then unsigned, and say so.
    """
    config: Config = app.extensions["ocop_config"]
    at = app.extensions["ocop_clock"].now()
    with app.app_context():
        try:
            with unit_of_work() as session:
                app.extensions["ocop_seal"] = begin_sealing(session, config.seal_folder(), by=SYSTEM, at=at)
        except (OSError, SealUnreadable) as odd:
            log.warning("closings are not signed: %s", odd)
        with unit_of_work() as session:
            close_due_periods(session, at=at, seal=app.extensions["ocop_seal"])


def start_care(app: Flask) -> NightlyCare:
    """The thread that backs up every night and proves the books every week."""
    config: Config = app.extensions["ocop_config"]
    with app.app_context():
        engine: Any = db.engine
    nightly = NightlyCare(
        engine,
        Path(config.data.folder),
        config.backup_folder(),
        config.care,
        app.extensions["ocop_clock"],
        app.extensions["ocop_seal"],
    )
    nightly.start()
    return nightly


def start_heads(app: Flask) -> HeadKeeper:
    """The thread that writes the journal's head beside the books."""
    config: Config = app.extensions["ocop_config"]
    with app.app_context():
        engine: Any = db.engine
    return HeadKeeper(engine, Path(config.data.folder), app.extensions["ocop_clock"]).start()


def find_free_port(host: str, port: int) -> int:
    """The port asked for, or a free one, said on the terminal. Raises NoSuchAddress."""
    for wanted in (port, 0):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, wanted))
            except PermissionError as no:
                raise NoSuchAddress(
                    f"port {wanted} may not be used by this user: choose one above 1024"
                ) from no
            except OSError as no:
                if wanted == 0:
                    raise NoSuchAddress(f"this computer has no address {host}") from no
                continue
            found = int(probe.getsockname()[1])
            if wanted != port:
                click.echo(f"Port {port} is taken; using {found}.")
            return found
    raise AssertionError("unreachable")


def _open_browser(address: str) -> None:
    time.sleep(0.6)
    webbrowser.open(address)
