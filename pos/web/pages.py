"""web/pages.py — what every page has: formats, icons, language, the manager's menu, headers."""

import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, get_flashed_messages, request, session, url_for
from flask_babel import Babel, refresh
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from ..config import Config
from ..kernel import words
from ..kernel.actor import Role
from .reasons import (
    CLASSES,
    DEVICE_STATES,
    FACTS_IN_WORDS,
    LABEL_ENTRIES,
    MOVES,
    PAPERS,
    ZONES,
    render_reason,
)

LANGUAGES = ("vi", "en")
CSP = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the menu."""

    endpoint: str
    label: Any
    icon: str
    roles: frozenset[Role]
    by_policy: bool = False  # cashiers see it only where the policy lets them receive


_MANAGER = frozenset({Role.MANAGER})
_LOOK = frozenset({Role.MANAGER, Role.VIEWER})
_CASHIER = frozenset({Role.CASHIER})
MENU = (
    MenuEntry("reports.home", _l("Today"), "house", _MANAGER),
    MenuEntry("till.page", _l("Till"), "store", frozenset({Role.MANAGER, Role.CASHIER})),
    MenuEntry("catalog.list_products", _l("Products"), "package", _LOOK),
    MenuEntry("admission.list_papers", _l("Papers"), "file-text", _LOOK),
    MenuEntry("storeroom.list_receivings", _l("Receiving"), "truck", _MANAGER | _CASHIER, by_policy=True),
    MenuEntry("stock.list_lots", _l("Stock"), "boxes", _LOOK | _CASHIER, by_policy=True),
    MenuEntry("tags.overview", _l("Price tags"), "tag", _LOOK),
    MenuEntry("tracing.ask", _l("Trace"), "scan-barcode", _LOOK),
    MenuEntry("counting.list_counts", _l("Counts"), "list-checks", _MANAGER | _CASHIER, by_policy=True),
    MenuEntry("producers.list_producers", _l("Producers"), "users", _LOOK),
    MenuEntry("shifts.list_shifts", _l("Money & shifts"), "wallet", _MANAGER),
    MenuEntry("inspection.show", _l("Inspection"), "shield-check", _LOOK),
    MenuEntry("inspection.prices", _l("Price list"), "tag", _CASHIER),
    MenuEntry("house.show_log", _l("Coolers"), "thermometer", _CASHIER),
    MenuEntry("house.book", _l("Complaint book"), "message-square", _CASHIER),
    MenuEntry("importing.start", _l("Workbooks"), "upload", _MANAGER),
    MenuEntry("identity.list_people", _l("People"), "user", _MANAGER),
    MenuEntry("station.list_devices", _l("Devices"), "printer", _MANAGER),
    MenuEntry("admission.edit_policy", _l("Policy"), "settings", _MANAGER),
    MenuEntry("journal.list_rows", _l("Journal"), "book-open", _MANAGER),
    MenuEntry("handbook.index", _l("Handbook"), "life-buoy", frozenset(Role)),
)


def render_icon(name: str) -> Markup:
    """An icon of the shipped set (Lucide), for sight only: the words beside it say the same."""
    address = url_for("static", filename="icons.svg")
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(address, name)


def render_stars(count: int | None) -> Markup:
    """OCOP stars, drawn, with their number in words for those who can't see them."""
    if not count:
        return Markup("")
    return Markup('<span class="stars" role="img" aria-label="{} ★">{}</span>').format(
        count, render_icon("star") * count
    )


def install(app: Flask, config: Config) -> None:
    Babel(app, default_locale=config.till.language, locale_selector=current_language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        vnd=words.format_vnd_on_screen,
        figures=lambda amount: words.format_vnd(amount, sign=False),
        day=words.format_day,
        moment=words.format_moment,
        quantity=words.format_quantity,
        degrees=words.format_degrees,
        said=render_reason,
        percent=lambda basis_points: (
            f"{basis_points / 100:.2f}".rstrip("0").rstrip(".").replace(".", ",") + " %"
        ),
    )
    app.jinja_env.globals.update(
        icon=render_icon, stars=render_stars, menu=list_menu_entries, here=is_current_entry, language=current_language, messages=get_flashed_messages,
        CLASSES=CLASSES, PAPERS=PAPERS, ZONES=ZONES, MOVES=MOVES, FACTS_IN_WORDS=FACTS_IN_WORDS, DEVICE_STATES=DEVICE_STATES, LABEL_ENTRIES=LABEL_ENTRIES,
        request_key=lambda: secrets.token_urlsafe(8),
    )  # fmt: skip
    app.context_processor(lambda: {"actor": g.get("actor")})
    app.before_request(refresh)  # the language may have been switched since this context was last used
    app.after_request(_set_headers)


def current_language() -> str:
    """The reader's language: as switched to in this browser, else the shop's."""
    chosen = session.get("language") if request else None
    if chosen in LANGUAGES:
        return str(chosen)
    default: str = g.get("default_language", "vi")
    return default


def list_menu_entries() -> list[MenuEntry]:
    role = g.actor.role if g.get("actor") else None
    shut = role is Role.CASHIER and not g.cashiers_receive()
    return [entry for entry in MENU if role in entry.roles and not (shut and entry.by_policy)]


_STANDS_UNDER = {
    "admission.show_product": "catalog.list_products",
    "admission.edit_policy": "admission.edit_policy",
    "pricing.bulk": "catalog.list_products",
    "pricing.apply": "catalog.list_products",
    "sales.list_extras": "admission.edit_policy",
    "sales.edit_extra": "admission.edit_policy",
    "reports.past_stock": "stock.list_lots",
    "reports.reorder": "stock.list_lots",
    "reports.show_ranking": "stock.list_lots",
    "reports.left_over": "stock.list_lots",
    "storeroom.list_ends": "stock.list_lots",
    "storeroom.write_lot_off": "stock.list_lots",
    "recall.list_recalls": "stock.list_lots",
    "recall.show": "stock.list_lots",
    "printing.list_jobs": "station.list_devices",
    "recall.show_drill": "stock.list_lots",
    "tracing.show": "tracing.ask",
    "inspection.prices": "inspection.prices",
    "house.show_log": "house.show_log",
    "house.book": "house.book",
}


def is_current_entry(entry: MenuEntry) -> bool:
    """Is this the menu's line that the page belongs to?"""
    endpoint = str(request.endpoint)
    if endpoint in _STANDS_UNDER:
        return entry.endpoint == _STANDS_UNDER[endpoint]
    room = entry.endpoint.split(".")[0]
    return room == request.blueprint and entry.endpoint not in _STANDS_UNDER


def wants_fragment() -> bool:
    """Did htmx ask, so that a part of the page is enough?"""
    return request.headers.get("HX-Request") == "true"


def _set_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
