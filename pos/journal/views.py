"""journal/views.py — the journal page, and the history of any row."""

import json

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id
from ..web.rights import requires_role
from .queries import list_changes, list_newest

blueprint = Blueprint("journal", __name__)


@blueprint.get("/journal")
@requires_role(Role.MANAGER)
def list_rows() -> ResponseReturnValue:
    kind, before = request.args.get("kind", ""), request.args.get("before", type=parse_row_id)
    with open_reading() as session:
        rows = list_newest(session, kind=kind, before=before)
    details = {
        row.seq: {
            k: v for k, v in json.loads(row.payload).items() if k not in {"facts", "seals", "state_seals"}
        }
        for row in rows
    }
    return render_template("journal/rows.html", rows=rows, details=details, kind=kind)


@blueprint.get("/history/<any(product, producer, paper, lot, person, shop):table>/<int:row_id>")
@requires_role(Role.MANAGER)
def show_history(table: str, row_id: int) -> ResponseReturnValue:
    with open_reading() as session:
        return render_template("journal/history.html", changes=list_changes(session, f"{table}:{row_id}"))


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("journal.list_rows", _l("Journal"), "book-open", MANAGER, MenuGroup.SHOP, 5),
    )  # fmt: skip
