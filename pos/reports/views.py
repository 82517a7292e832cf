"""reports/views.py — the manager's first page (only tiles whose room exists), the list of refusals, the search."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ..identity.fact_changes import changed_fields, list_recent, withdraw_change
from ..journal.payload import read_payload
from ..journal.queries import find_newest
from ..kernel.actor import Role
from ..kernel.clock import day_start
from ..kernel.database import open_reading, unit_of_work
from ..printing.queue import list_waiting
from ..sales.queries import find_turnover_meter, sum_day
from ..shop.models import get_shop
from ..web.context import current_day, current_time
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu, find_entries
from ..web.numbers import parse_row_id
from ..web.rights import current_actor, requires_role
from ..web.task_terms import TASKS
from .refusals import count_refusals, list_refusals
from .search import search_shop
from .today import Harm, TaskSource, list_today_tasks

blueprint = Blueprint("reports", __name__)
WEEK = timedelta(days=7)
OLD_BACKUP = timedelta(days=2)


def add_task_source(app: Flask, source: TaskSource) -> None:
    """Let a room above this one say what needs the manager today."""
    app.extensions.setdefault("ocop_task_sources", []).append(source)


def list_task_sources() -> Sequence[TaskSource]:
    sources: Sequence[TaskSource] = current_app.extensions.get("ocop_task_sources", ())
    return sources


@blueprint.get("/today")
@requires_role(Role.MANAGER)
def home() -> ResponseReturnValue:
    """What needs me today."""
    on, at = current_day(), current_time()
    with open_reading() as session:
        return render_template(
            "reports/home.html", on=on, now=sum_day(session, on), before=sum_day(session, on - WEEK), tasks=list_today_tasks(session, on, at, list_task_sources()),
            refused=count_refusals(session, day_start(on)), printing=list_waiting(session), care=_care_status(session), shop=get_shop(session),
            fact_changes=[(change, changed_fields(change)) for change in list_recent(session, at)], meter=find_turnover_meter(session, on), TASKS=TASKS, LATER=Harm.LATER,
        )  # fmt: skip


def _care_status(session: Session) -> dict[str, Any]:
    """The newest backup and its age, whether the newest try failed, and what the weekly proof found."""
    made, tried = find_newest(session, "backed_up"), find_newest(session, "backed_up", "backup_failed")
    proved = find_newest(session, "books_proved")
    age = current_time() - made.at if made else None
    details = read_payload(made.payload) if made else {}
    return {
        "has_doubt": bool(details.get("doubt")), "is_unproved": bool(details.get("unproved")), "made": made, "days": age.days if age else None, "is_old": age is None or age > OLD_BACKUP,
        "has_failed": tried is not None and tried.kind == "backup_failed",
        "has_faults": proved is not None and '"faults":0' not in proved.payload, "proved": proved,
    }  # fmt: skip


@blueprint.post("/changes/<int:change_id>/withdraw")
@requires_role(Role.MANAGER)
def withdraw(change_id: int) -> ResponseReturnValue:
    """Take back a change of dates, origin or stars that still waits."""
    with unit_of_work() as session:
        withdraw_change(session, change_id, by=current_actor(), at=current_time())
    flash(_("Withdrawn."))
    return redirect(url_for("reports.home"))


@blueprint.get("/refused")
@requires_role(Role.MANAGER)
def list_refused() -> ResponseReturnValue:
    """Refused scans of the last week, with what to do for each."""
    days = min(90, max(1, request.args.get("days", 7, type=parse_row_id)))
    with open_reading() as session:
        since = day_start(current_day() - timedelta(days=days - 1))
        return render_template(
            "reports/refused.html", found=list_refusals(session, since), days=days, times=count_refusals(session, since)
        )  # fmt: skip


@blueprint.get("/find")
@requires_role(Role.MANAGER, Role.VIEWER)
def find() -> ResponseReturnValue:
    """Everything that bears a name, code, lot or number like that."""
    words = request.args.get("q", "")
    with open_reading() as session:
        found = search_shop(session, words, for_manager=current_actor().role is Role.MANAGER)
        return render_template("reports/found.html", found=found, words=words, pages=find_entries(words))


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    from . import sold_views, stock_views  # noqa: F401  their routes hang on the same blueprint

    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("reports.home", _l("Today"), "house", MANAGER, MenuGroup.SELLING, 1),
        MenuEntry("reports.show_sold", _l("What was sold"), "receipt", MANAGER, MenuGroup.SELLING, 4),
        parents={"reports.list_refused": "reports.home", "reports.list_sold_receipts": "reports.show_sold", "reports.show_till_acts": "reports.show_sold", "reports.find": "", "reports.past_stock": "stock.list_lots", "reports.reorder": "stock.list_lots", "reports.show_ranking": "stock.list_lots", "reports.left_over": "stock.list_lots"},
    )  # fmt: skip
