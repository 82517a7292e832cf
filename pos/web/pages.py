"""web/pages.py — what every page has: formats, icons, language, the manager's menu, headers."""

import secrets
from datetime import date
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, g, get_flashed_messages, request, session, url_for
from flask_babel import Babel, refresh
from flask_babel import gettext as _
from markupsafe import Markup

from ..config import Config
from ..kernel import formats as words
from ..kernel.actor import SYSTEM
from ..kernel.own_codes import format_receipt_number, format_tag_code, format_voucher_code
from .bank_terms import TRANSFER_SOURCES, TRANSFER_USES, TRANSFER_WAITS, TRANSFER_WAITS_SHORT
from .context import (
    format_cash_difference,
    format_days_left,
    format_readers_quantity,
    format_readers_scale_weight,
    format_with_unit,
)
from .fact_texts import format_refusal
from .kept_uploads import find_kept_upload
from .menu import is_current_entry, list_menu_sections
from .reasons import render_reason
from .refused_forms import find_refused_form
from .terms import (
    CLASSES,
    DEALS,
    DEVICE_STATES,
    DISCOUNTS,
    FACTS_IN_WORDS,
    LABEL_ENTRIES,
    MOVES,
    PAPER_STATES,
    PAPERS,
    TAX_STATUSES,
    TENDERS,
    ZONES,
)

LANGUAGES = ("vi", "en")
CSP = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
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


def name_system(value: object) -> object:
    """What a page writes for a value: for the name under which the shop's own care acts, that nobody did it."""
    return _("by itself") if type(value) is str and value == SYSTEM.name else value


def _format_fact(value: object) -> str:
    """What a change keeps of a field: a day, which it keeps as ISO text, as people write it."""
    try:
        return words.format_day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value or "–")


def install(app: Flask, config: Config) -> None:
    Babel(app, default_locale=config.till.language, locale_selector=current_language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.finalize = name_system
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        voucher_code=format_voucher_code,
        vnd=words.format_vnd_on_screen,
        cash_difference=format_cash_difference,
        figures=lambda amount: words.format_vnd(amount, sign=False),
        day=words.format_day,
        moment=words.format_moment,
        quantity=format_readers_quantity,
        days_left=format_days_left,
        with_unit=format_with_unit,
        scale_weight=format_readers_scale_weight,
        degrees=words.format_degrees,
        thousandths=words.format_thousandths,
        fact=_format_fact,
        reason_text=render_reason,
        refusal_text=format_refusal,
        percent=lambda basis_points: f"{words.format_percent(basis_points)} %",
        tag_code=format_tag_code,
        receipt_number=format_receipt_number,
    )
    app.jinja_env.globals.update(
        TENDERS=TENDERS,
        TRANSFER_WAITS=TRANSFER_WAITS,
        TRANSFER_WAITS_SHORT=TRANSFER_WAITS_SHORT,
        TRANSFER_USES=TRANSFER_USES,
        TRANSFER_SOURCES=TRANSFER_SOURCES,
        DISCOUNTS=DISCOUNTS,
        icon=render_icon, stars=render_stars, menu_sections=list_menu_sections, here=is_current_entry, language=current_language, messages=get_flashed_messages,
        CLASSES=CLASSES, PAPERS=PAPERS, PAPER_STATES=PAPER_STATES, ZONES=ZONES, MOVES=MOVES, FACTS_IN_WORDS=FACTS_IN_WORDS, DEVICE_STATES=DEVICE_STATES, DEALS=DEALS, TAX_STATUSES=TAX_STATUSES, LABEL_ENTRIES=LABEL_ENTRIES,
        find_page_address=find_page_address, refused_form=find_refused_form, kept_upload=find_kept_upload, request_key=lambda: secrets.token_urlsafe(8),
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


def find_page_address() -> str:
    """Where this page is read again, with its query; of one that a form alone leads to, the page where that form is."""
    rule = request.url_rule
    if rule is not None and "GET" in (rule.methods or ()):
        return request.full_path.rstrip("?")
    before = urlsplit(request.referrer or "")
    return urlunsplit(("", "", before.path, before.query, "")) if before.netloc == request.host else "/"


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
