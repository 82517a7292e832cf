"""journal/views.py — the journal page, and the history of any row."""

import json

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..kernel.actor import Role
from ..kernel.database import reading, unit_of_work
from ..web.now import now
from ..web.numbers import row_id
from ..web.rights import actor, allowed
from .queries import history, newest
from .record import CLOCK_CONFIRMED, find_time_ahead, record

pages = Blueprint("journal", __name__)


@pages.get("/journal")
@allowed(Role.MANAGER)
def list_rows() -> ResponseReturnValue:
    kind, before = request.args.get("kind", ""), request.args.get("before", type=row_id)
    with reading() as session:
        rows = newest(session, kind=kind, before=before)
    details = {
        row.seq: {
            k: v for k, v in json.loads(row.payload).items() if k not in {"facts", "seals", "state_seals"}
        }
        for row in rows
    }
    return render_template("journal/rows.html", rows=rows, details=details, kind=kind)


@pages.get("/history/<any(product, producer, paper, lot, person, shop):table>/<int:row_id>")
@allowed(Role.MANAGER)
def show_history(table: str, row_id: int) -> ResponseReturnValue:
    with reading() as session:
        return render_template("journal/history.html", changes=history(session, f"{table}:{row_id}"))


@pages.get("/journal/clock")
@allowed(Role.MANAGER, Role.CASHIER)
def show_clock() -> ResponseReturnValue:
    """A clock that stands before the books: what to do. Whoever signs in then is led here."""
    with reading() as session:
        ahead = find_time_ahead(session, now())
    return render_template("journal/clock.html", ahead=ahead, at=now())


@pages.post("/journal/clock")
@allowed(Role.MANAGER)
def confirm_clock() -> ResponseReturnValue:
    """The manager says that the computer's date is right, though the books' newest row lies after it."""
    with unit_of_work() as session:
        record(session, CLOCK_CONFIRMED, by=actor(), at=now())
    flash(_("The date is confirmed."))
    return redirect(url_for("journal.list_rows"))
