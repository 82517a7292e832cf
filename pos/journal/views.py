"""journal/views.py — the journal page, and the history of any row."""

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..kernel.parsers import read_latest_day
from ..web.context import current_day
from ..web.fact_texts import HIDDEN, FactTexts, find_fact_name
from ..web.forms import explain_odd_day
from ..web.journal_terms import KINDS
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id
from ..web.rights import requires_role
from ..web.row_names import RowNames
from .payload import read_payload
from .queries import (
    JournalFilter,
    RecordedChange,
    find_subjects_of_goods,
    list_changes,
    list_newest,
)

blueprint = Blueprint("journal", __name__)


@blueprint.get("/journal")
@requires_role(Role.MANAGER)
def list_rows() -> ResponseReturnValue:
    asked = {name: request.args.get(name, "").strip() for name in ("kind", "who", "day", "goods")}
    day = read_latest_day(asked["day"], current_day()) if asked["day"] else None
    day_fault = explain_odd_day(asked["day"]) if asked["day"] and day is None else ""
    with open_reading() as session:
        subjects = find_subjects_of_goods(session, asked["goods"]) if asked["goods"] else None
        wanted = JournalFilter(asked["kind"], asked["who"], day, subjects)
        rows = list_newest(session, wanted, before=request.args.get("before", type=parse_row_id))
        names = RowNames(session)
        texts = FactTexts(session, names)
        return render_template(
            "journal/rows.html", rows=[] if day_fault else rows, asked=asked, day_fault=day_fault, KINDS=KINDS,
            details={row.seq: texts.list_texts(read_payload(row.payload)) for row in rows},
            subjects={row.seq: names.find(row.subject) for row in rows},
        )  # fmt: skip


@blueprint.get("/history/<any(product, producer, paper, lot, person, shop):table>/<int:row_id>")
@requires_role(Role.MANAGER)
def show_history(table: str, row_id: int) -> ResponseReturnValue:
    with open_reading() as session:
        names = RowNames(session)
        texts = FactTexts(session, names)
        changes = [
            (
                change.row,
                _list_change_texts(texts, change),
                texts.list_texts(read_payload(change.row.payload)),
            )
            for change in list_changes(session, f"{table}:{row_id}")
        ]
        return render_template(
            "journal/history.html", changes=changes, KINDS=KINDS, subject=names.find(f"{table}:{row_id}")
        )


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
