"""web/context.py — the clock and the settings of the running application."""

from datetime import date, datetime

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _

from ..config import Config
from ..kernel.clock import Clock, business_day
from ..kernel.formats import format_quantity, format_scale_weight, format_vnd_on_screen
from ..kernel.quantity import Unit


def current_clock() -> Clock:
    found: Clock = current_app.extensions["ocop_clock"]
    return found


def current_time() -> datetime:
    return current_clock().now()


def current_day() -> date:
    return business_day(current_time())


def current_config() -> Config:
    found: Config = current_app.extensions["ocop_config"]
    return found


def format_readers_quantity(milli: int, unit: Unit | str) -> str:
    """A quantity as the reader of the page, or of the words that are made just now, writes it."""
    return format_quantity(milli, unit, english=_is_reader_english())


def format_with_unit(milli: int, unit: Unit | str) -> str:
    """The same with its unit, where nothing near it says what is counted: '32 cái', '0,5 kg'."""
    quantity = format_readers_quantity(milli, unit)
    return quantity if unit == Unit.KG else f"{quantity} {_('pieces')}"


def format_days_left(days: int) -> str:
    """How long a lot or paper is still good, in the same words on every page: 'còn 3 ngày', 'ngày cuối', 'đã hết hạn'."""
    if days < 0:
        return str(_("ended"))
    return str(_("%(days)s days left", days=days) if days else _("its last day"))


def format_readers_scale_weight(milli: int) -> str:
    """What a scale shows, as the reader of the page writes it."""
    return format_scale_weight(milli, english=_is_reader_english())


def _is_reader_english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


def format_cash_difference(amount_vnd: int) -> str:
    """What is counted against what should be there, in words: a sign before a sum is read over."""
    if not amount_vnd:
        return str(_("exact to the đồng"))
    amount = format_vnd_on_screen(abs(amount_vnd))
    return str(
        _("%(amount)s short", amount=amount) if amount_vnd < 0 else _("%(amount)s over", amount=amount)
    )
