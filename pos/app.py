"""The composition root: the only module that knows every room's views and makes the devices."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, redirect, request, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from itsdangerous import BadSignature
from werkzeug.http import parse_cookie

from hardware.ports import PrinterPort

from . import models  # noqa: F401  every table must be known before the first query
from .accounts import views as accounts
from .admission import product_list_views  # noqa: F401  its route hangs on the catalogue's blueprint
from .admission import views as admission
from .banking import hook_views
from .banking import views as banking
from .banking.feed_notes import FeedNotes
from .banking.poller import FeedPoller
from .cashbook import views as cashbook
from .catalog import views as catalog
from .catalog.products import is_known_code
from .closings import views as closings
from .config import Config
from .counting import views as counting
from .files import views as files
from .handbook import views as handbook
from .identity import views as identity
from .identity.guesses import GuessCounters
from .identity.idle import ActivityTimes
from .identity.new_invitations import NewInvitations
from .identity.new_pins import NewPins
from .identity.sign_in import COOKIE_KEY
from .importing import views as importing
from .inspection import views as inspection
from .journal import views as journal
from .journal.record import record
from .kernel.clock import Clock
from .kernel.database import db, engine_options, open_reading, unit_of_work
from .kernel.errors import NotAllowed, Refused, ShopError
from .kernel.private_file import write_private
from .labelling import views as labelling
from .lan import views as lan
from .logbooks import views as logbooks
from .maintenance import views as maintenance
from .messages import views as messages
from .messages.mail_worker import MailWorker
from .onboarding import views as onboarding
from .portal import views as portal
from .portal.digest import queue_due_digests
from .pricing import views as pricing
from .printing import views as printing
from .printing.worker import PrintWorker
from .producers import views as producers
from .recalls import views as recalls
from .reports import views as reports
from .sales import views as sales
from .scanning import views as scanning
from .settlement import terms_views
from .settlement import views as settlement
from .shifts import views as shifts
from .station import agent_views, choice
from .station import views as station
from .station.drivers import DeviceDrivers
from .station.exchange import Exchange
from .station.hub import DeviceHub
from .station.new_tokens import NewTokens
from .stock import views as stock
from .storeroom import views as storeroom
from .till import views as till
from .till.action import print_paid
from .till.display_views import MOST_WRONG_KEYS
from .trace import journey_views
from .trace import views as trace
from .web import compressed, day_views, errors, pages
from .web.address_limit import AddressLimit
from .web.body_limits import LARGEST_BODY, limit_body
from .web.context import current_time
from .web.form_text import ShopRequest
from .web.numbers import KeyConverter
from .web.repeated_refusals import RepeatedRefusals
from .web.rights import install_guard, open_to_strangers

ROOMS = (
    identity, till, reports, catalog, producers, admission, storeroom, stock, shifts, printing, journal, importing,
    files, portal, trace, journey_views, lan, logbooks, inspection, pricing, sales, onboarding, handbook, recalls,
    counting, scanning, station, agent_views, labelling, day_views, maintenance, closings, accounts,
    cashbook, banking, settlement, terms_views, messages,
)  # fmt: skip


KEPT_IN_MEMORY: dict[str, Callable[[Clock], Any]] = {
    "guesses": GuessCounters, "told_pins": NewPins, "new_invitations": NewInvitations, "new_tokens": NewTokens, "last_seen": ActivityTimes,
    "refusals": RepeatedRefusals, "feed_notes": FeedNotes, "wrong_keys": partial(AddressLimit, most=MOST_WRONG_KEYS),
}  # fmt: skip


def create_app(
    config: Config, clock: Clock | None = None, *, synchronous: str = "FULL", psow: int = 0
) -> Flask:
    """The shop's web application over one database.

    `synchronous` and `psow` are for the power-cut test's control arms alone.
    """
    app, folder = Flask("pos"), Path(config.data.folder)
    app.request_class = ShopRequest
    folder.mkdir(parents=True, exist_ok=True)
    url = config.database_url()
    app.config.update(
        SECRET_KEY=get_secret_key(folder),
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(url, synchronous=synchronous, psow=psow),
        SESSION_COOKIE_NAME="ocop",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=7),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_PARTS=4000,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions |= {"ocop_config": config, "ocop_seal": None}
    app.extensions["ocop_clock"] = clock or Clock()
    for name, kept_in_memory in KEPT_IN_MEMORY.items():
        app.extensions[f"ocop_{name}"] = kept_in_memory(app.extensions["ocop_clock"])
    hub = app.extensions["ocop_hub"] = DeviceHub()
    app.extensions["ocop_exchange"] = Exchange(config, app.extensions["ocop_clock"], hub)
    app.extensions["ocop_is_known_code"] = is_known_code
    app.extensions["ocop_on_refused"] = journal_refusal
    db.init_app(app)
    Migrate(app, db, directory=str(find_migrations_folder()))
    app.session_interface = CookieOfItsDoor()
    guard_requests(app)
    pages.install(app, config)
    compressed.install(app)
    errors.install_error_handlers(app, journal_refusal)
    app.url_map.converters["int"] = KeyConverter
    for room in ROOMS:
        room.register(app)
    app.add_url_rule("/", "front", front)
    return app


def guard_requests(app: Flask) -> None:
    """What is looked at before each request, in this order: the door, who it is, how large, whose page, and that it is no forgery."""
    app.before_request(lan.keep_public_door)
    app.before_request(identity.load_actor)
    app.before_request(limit_body)
    app.before_request(identity.hold_locked)
    app.after_request(identity.keep_presence)
    install_guard(app)
    csrf = CSRFProtect(app)
    for called_by_no_browser in (
        agent_views.blueprint,
        hook_views.blueprint,
    ):  # nothing there goes by a cookie
        csrf.exempt(called_by_no_browser)


class CookieOfItsDoor(SecureCookieSessionInterface):
    """A cookie that was given over https is never sent in the clear."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def has_signed_cookie(app: Flask, cookies: str) -> bool:
    """Do these cookies hold a sign-in that this shop gave within its days? Asked at the door, without the books."""
    signer = CookieOfItsDoor().get_signing_serializer(app)
    value = parse_cookie(cookies).get(app.config["SESSION_COOKIE_NAME"])
    if signer is None or not value:
        return False
    try:
        cookie_content = signer.loads(value, max_age=int(app.permanent_session_lifetime.total_seconds()))
    except BadSignature:
        return False
    return bool(cookie_content.get(COOKIE_KEY))


@open_to_strangers
def front() -> ResponseReturnValue:
    """The first page: each to their own."""
    if g.actor is None:
        return redirect(url_for("identity.sign_in"))
    return redirect(url_for(identity.landing(g.actor.role)))


def find_migrations_folder() -> Path:
    """In the wheel they lie within the package, in a checkout beside it."""
    inside = Path(__file__).parent / "_migrations"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "migrations"


def get_secret_key(folder: Path) -> str:
    """The key that signs cookies: made once, readable by the shop's own user alone."""
    path = folder / "secret.key"
    if path.is_file() and (key := path.read_text("ascii").strip()):
        return key
    key = secrets.token_hex(32)
    write_private(path, key.encode("ascii"))
    return key


def journal_refusal(error: ShopError) -> None:
    """Write a refusal down in a unit of work of its own: the act's own was rolled back. Repeated ones fill no journal."""
    if not isinstance(error, (Refused, NotAllowed)) or g.get("actor") is None:
        return
    codes = {reason.code for reason in error.reasons}
    if "clock_went_back" in codes:
        return
    repeated: RepeatedRefusals = current_app.extensions["ocop_refusals"]
    if not repeated.take_turn(
        g.actor, str(request.url_rule), codes
    ):  # the rule: a number in an address is no other page
        return
    with unit_of_work() as session:
        record(session, "refused", by=g.actor, at=current_time(), path=request.path,
               reasons=[reason.plain() for reason in error.reasons], **_find_asked_goods(error))  # fmt: skip


def _find_asked_goods(error: ShopError) -> dict[str, Any]:
    """For the journal, where no reason names the goods: the product of the address, or the code as it was scanned."""
    if any(reason.facts.get("product") or reason.facts.get("scanned") for reason in error.reasons):
        return {}
    product_id = (request.view_args or {}).get("product_id")
    if product_id is not None:
        return {"product": product_id}
    code = request.form.get("code", "").strip() if request.blueprint in {"till", "tags"} else ""
    return {"scanned": code[:60]} if code else {}


def make_printers(config: Config) -> list[PrinterPort]:
    """The drivers for the printers of this computer, as configured or chosen since. Needs the books."""
    with open_reading() as session:
        return [
            choice.make_driver_or_fault(choice.apply_choice(session, each))
            for each in config.printers
            if not each.at
        ]


def start_printing(app: Flask) -> PrintWorker:
    """One worker a process: it owns the printers and their queue."""
    hub: DeviceHub = app.extensions["ocop_hub"]
    with app.app_context():
        worker = PrintWorker(
            db.engine,
            make_printers(app.extensions["ocop_config"]),
            app.extensions["ocop_clock"],
            hub.printers,
        )
    app.extensions["ocop_printing"] = worker
    worker.start()
    return worker


def start_devices(app: Flask) -> DeviceDrivers:
    """The scanners, scales and displays of the stations whose devices hang on this computer."""
    config: Config = app.extensions["ocop_config"]
    here = [station for station in config.stations if not station.apart]
    return DeviceDrivers(here, app.extensions["ocop_hub"]).start()


def make_mail_worker(app: Flask) -> MailWorker:
    config: Config = app.extensions["ocop_config"]
    address = f"{config.public.base_url.rstrip('/')}/mine" if config.public.base_url else ""
    return MailWorker(
        app.app_context, config.mail, app.extensions["ocop_clock"], address, partial(queue_due_digests, address=address)
    )  # fmt: skip


def make_poller(app: Flask, on_sold: Callable[[], None] = lambda: None) -> FeedPoller:
    config: Config = app.extensions["ocop_config"]
    return FeedPoller(
        app.app_context, Path(config.data.folder), config.bank, app.extensions["ocop_clock"],
        app.extensions["ocop_feed_notes"], print_paid, on_sold=on_sold,
    )  # fmt: skip


def start_feeds(app: Flask) -> FeedPoller:
    """The thread that asks the accounts' providers, after it has finished what a power cut left between money and sale."""
    worker: PrintWorker | None = app.extensions.get("ocop_printing")
    poller = make_poller(app, worker.wake if worker else lambda: None)
    app.extensions["ocop_feeds"] = poller
    return poller.start()
