"""labelling/print_request.py — the days in the form for printing tags."""

from datetime import date, timedelta

from flask import request

from ..kernel.errors import Refused
from ..kernel.parsers import is_no_such_day, read_day
from ..kernel.reason import Reason
from ..web.context import current_day


def read_start() -> date:
    """The day from which the tags are to hold: today, or a later one of a price that is set already."""
    typed = _read_typed_day("starts")
    if typed is not None and not current_day() <= typed <= current_day() + timedelta(days=366):
        raise Refused.because("starts_in_past", starts=typed)
    return typed or current_day()


def read_until() -> date | None:
    """The last day of a lowered price, where the form has one. Raises Refused (`day_odd`, `no_such_day`)."""
    return _read_typed_day("until")


def _read_typed_day(name: str) -> date | None:
    """The day in a box, or None where it is empty. Raises Refused (`day_odd`, `no_such_day`)."""
    text = request.form.get(name, "").strip()
    typed = read_day(text)
    if text and typed is None:
        no_such_day = Reason.make("no_such_day", typed=text)
        raise Refused(no_such_day if is_no_such_day(text) else Reason.make("day_odd"))
    return typed
