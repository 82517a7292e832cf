"""maintenance/views.py — the backups, as the manager sees them."""

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue

from ..journal.payload import read_payload
from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..web.context import current_config
from ..web.menu import add_to_menu
from ..web.rights import requires_role
from .backup_list import list_failures, list_stored_backups

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
            is_beside_books=not current_config().care.backups,
        )  # fmt: skip


def register(app: Flask) -> None:
    """Add the room's page to the application; it is reached from Today."""
    app.register_blueprint(blueprint)
    add_to_menu(app, parents={"maintenance.list_backups": "reports.home"})
