"""identity/clock_views.py — a clock that is behind the books: what to do, and who says that its date is right."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..journal.record import find_time_ahead
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..web.context import current_time
from ..web.forms import answer_form
from ..web.rights import current_actor, requires_role
from .accept_clock import accept_clock
from .forms import AT_SECOND_PERSON, ClockForm
from .views import blueprint


@blueprint.get("/journal/clock")
@requires_role(Role.MANAGER, Role.CASHIER)
def show_clock() -> ResponseReturnValue:
    """A clock that is behind the books: what to do. Whoever signs in then is led here."""
    return _render_clock(ClockForm())


@blueprint.post("/journal/clock")
@requires_role(Role.MANAGER)
def confirm_clock() -> ResponseReturnValue:
    """The date is right, by a manager's word and, where there is one, a second person's; the first page shows it for a week."""
    form: Any = ClockForm()

    def save() -> ResponseReturnValue:
        agreed = form.second_person()
        with unit_of_work() as session:
            accept_clock(session, by=current_actor(), at=current_time(), approval=agreed)
        flash(_("The date is confirmed."))
        return redirect(url_for("journal.list_rows"))

    if (answer := answer_form(form, save, AT_SECOND_PERSON)) is not None:
        return answer
    return _render_clock(form)


def _render_clock(form: Any) -> str:
    with open_reading() as session:
        ahead = find_time_ahead(session, current_time())
    return render_template("journal/clock.html", ahead=ahead, at=current_time(), form=form)
