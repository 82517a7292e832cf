"""maintenance/views.py — the backups, as the manager sees them."""

from flask import Blueprint, Flask, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ..journal.payload import read_payload
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..web.context import current_config, current_time
from ..web.menu import add_to_menu
from ..web.rights import current_actor, requires_role
from .backup_list import list_failures, list_stored_backups
from .care import ask_for_backup, is_backup_waited_for

blueprint = Blueprint("maintenance", __name__)


@blueprint.get("/backups")
@requires_role(Role.MANAGER)
def list_backups() -> ResponseReturnValue:
    """Which backups there are, how old, how large, whether proved, and where they lie."""
    folder = current_config().backup_folder()
    with open_reading() as session:
        failures = [(row, read_payload(row.payload).get("why", "")) for row in list_failures(session)]
        return render_template(
            "maintenance/backups.html", backups=list_stored_backups(session, folder), failures=failures, folder=folder,
            is_beside_books=not current_config().care.backups, is_waited_for=is_backup_waited_for(session),
        )  # fmt: skip


@blueprint.post("/backups")
@requires_role(Role.MANAGER)
def ask() -> ResponseReturnValue:
    """A backup now: before the computer is carried away, or on a stick that was just put in."""
    with unit_of_work() as session:
        if not is_backup_waited_for(session):
            ask_for_backup(session, by=current_actor(), at=current_time())
    return redirect(url_for("maintenance.list_backups"))


def register(app: Flask) -> None:
    """Add the room's page to the application; it is reached from Today."""
    app.register_blueprint(blueprint)
    add_to_menu(app, parents={"maintenance.list_backups": "reports.home"})
