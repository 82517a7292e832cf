"""shifts/views.py — the manager's list of shifts."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ..kernel.actor import Role
from ..kernel.database import reading
from ..web.rights import allowed
from .drawer import recent_shifts

pages = Blueprint("shifts", __name__)


@pages.get("/shifts")
@allowed(Role.MANAGER)
def list_shifts() -> ResponseReturnValue:
    with reading() as session:
        return render_template("shifts/list.html", shifts=recent_shifts(session))
