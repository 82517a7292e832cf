"""labelling/print_request.py — the days in the form for printing tags."""

from datetime import date, timedelta

from flask import request

from ..kernel.errors import Refused
from ..kernel.parsers import read_day
from ..web.context import current_day


def read_start() -> date:
    """The day from which the tags are to hold: today, or a later one of a price that is set already."""
    text = request.form.get("starts", "").strip()
    typed = read_day(text)
    if text and typed is None:
        raise Refused.because("day_odd")
    if typed is not None and not current_day() <= typed <= current_day() + timedelta(days=366):
        raise Refused.because("starts_in_past", starts=typed)
    return typed or current_day()


def read_until() -> date | None:
    """The last day of a lowered price, where the form has one. Raises Refused (`day_odd`)."""
    text = request.form.get("until", "").strip()
    typed = read_day(text)
    if text and typed is None:
        raise Refused.because("day_odd")
    return typed
