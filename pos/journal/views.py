"""journal/views.py — the journal page, and the history of any row."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..kernel.parsers import read_latest_day, read_vnd
from ..kernel.text import normalize_text
from ..web.act_texts import find_recorded_name
from ..web.context import current_day
from ..web.fact_texts import HIDDEN, FactTexts, find_fact_name
from ..web.forms import explain_odd_day
from ..web.journal_terms import KINDS
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id
from ..web.rights import requires_role
from .queries import (
    JournalFilter,
    RecordedChange,
    find_subjects_of_goods,
    find_subjects_of_receipt,
    list_changes,
    list_newest,
)
from .told_rows import RowTeller

ASKED = ("day", "who", "goods", "kind", "receipt", "amount")  # the fields of the filter, in the address
LONGEST_ASKED = 200

blueprint = Blueprint("journal", __name__)


@dataclass(frozen=True, slots=True)
class AskedRows:
    """What was typed into the filter, by field, and what is wrong with it; `wanted` is None while something is."""

    typed: dict[str, str]
    faults: dict[str, str]
    wanted: JournalFilter | None


@blueprint.get("/journal")
@requires_role(Role.MANAGER)
def list_rows() -> ResponseReturnValue:
    with open_reading() as session:
        asked = read_asked(session)
        before = request.args.get("before", type=parse_row_id)
        rows = list_newest(session, asked.wanted, before=before) if asked.wanted else []
        return render_template(
            "journal/rows.html", told=RowTeller(session).tell_all(rows), asked=asked.typed,
            faults=asked.faults, KINDS=KINDS,
        )  # fmt: skip


def read_asked(session: Session) -> AskedRows:
    """The filter as the address has it."""
    typed = {name: normalize_text(request.args.get(name, ""))[:LONGEST_ASKED] for name in ASKED}
    day = read_latest_day(typed["day"], current_day()) if typed["day"] else None
    amount_vnd = read_vnd(typed["amount"]) if typed["amount"] else None
    of_receipt = find_subjects_of_receipt(session, typed["receipt"]) if typed["receipt"] else None
    faults = _explain_faults(typed, day, amount_vnd, of_receipt)
    of_goods = find_subjects_of_goods(session, typed["goods"]) if typed["goods"] else None
    subjects = of_goods if of_receipt is None else of_receipt
    if of_goods is not None and of_receipt is not None:
        subjects = sorted({*of_goods} & {*of_receipt})
    wanted = JournalFilter(typed["kind"], find_recorded_name(typed["who"]), day, subjects, amount_vnd)
    return AskedRows(typed, faults, None if faults else wanted)


def _explain_faults(
    typed: dict[str, str], day: date | None, amount_vnd: int | None, of_receipt: list[str] | None
) -> dict[str, str]:
    """What can't be looked for as it was typed, by field."""
    faults = {}
    if typed["day"] and day is None:
        faults["day"] = explain_odd_day(typed["day"])
    if typed["amount"] and amount_vnd is None:
        faults["amount"] = str(_("Type a whole number of đồng, like 45.000."))
    elif typed["amount"] and not typed["day"]:
        faults["day"] = str(_("Choose the day, too: an amount is looked for within one day."))
    if typed["receipt"] and of_receipt is None:
        faults["receipt"] = str(_("Type a receipt's number like 123 or as it is printed."))
    return faults


@blueprint.get("/history/<any(product, producer, paper, lot, person, shop):table>/<int:row_id>")
@requires_role(Role.MANAGER)
def show_history(table: str, row_id: int) -> ResponseReturnValue:
    with open_reading() as session:
        teller = RowTeller(session)
        changes = [
            (teller.tell(change.row), _list_change_texts(teller.texts, change))
            for change in list_changes(session, f"{table}:{row_id}")
        ]
        subject = teller.names.find(f"{table}:{row_id}")
        return render_template("journal/history.html", changes=changes, subject=subject)


def _list_change_texts(texts: FactTexts, change: RecordedChange) -> list[tuple[str, str, str]]:
    """The name of each changed fact, what it was ("": nothing) and what it is."""
    return [
        (find_fact_name(name), texts.format_fact(name, before), texts.format_fact(name, after) or "–")
        for name, before, after in change.facts
        if name not in HIDDEN
    ]


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("journal.list_rows", _l("Journal"), "book-open", MANAGER, MenuGroup.SHOP, 5),
    )  # fmt: skip
