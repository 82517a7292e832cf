"""reports/views.py — the manager's first page (only tiles whose room exists), the list of refusals, the search."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ..admission.queries import list_added_papers, list_papers_ending
from ..identity.fact_changes import changed_fields, list_recent, withdraw_change
from ..journal.payload import read_payload
from ..journal.queries import count_kind_since, find_newest, list_kind_since
from ..journal.record import CLOCK_CONFIRMED
from ..kernel.actor import Role
from ..kernel.clock import day_start
from ..kernel.database import open_reading, unit_of_work
from ..lan.door import DOOR_RESTARTED
from ..logbooks.complaints import list_complaints
from ..logbooks.coolers import list_unread_coolers
from ..printing.queue import list_waiting
from ..producers.terms import list_producers_without_terms
from ..sales.queries import find_turnover_meter, sum_day
from ..shop.models import get_shop
from ..shop.taxes import find_tax_status
from ..stock.queries import list_ending_lots
from ..tags.truth_cache import find_cached_truth
from ..web.context import current_day, current_time
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id
from ..web.rights import current_actor, requires_role
from .refusals import count_called, count_refusals, list_refusals
from .search import search_shop

blueprint = Blueprint("reports", __name__)
WEEK, SOON = timedelta(days=7), timedelta(days=60)
OLD_BACKUP = timedelta(days=2)


@blueprint.get("/today")
@requires_role(Role.MANAGER)
def home() -> ResponseReturnValue:
    """What needs me today."""
    on = current_day()
    with open_reading() as session:
        since = day_start(on)
        found = list_refusals(session, since)
        return render_template(
            "reports/home.html", on=on, now=sum_day(session, on), before=sum_day(session, on - WEEK),
            papers=list_papers_ending(session, on - WEEK, on + SOON), lots=list_ending_lots(session, on + WEEK), refused=count_refusals(session, since),
            called=count_called(found), printing=list_waiting(session), unread=list_unread_coolers(session, on),
            complaints=list_complaints(session, open_only=True), care=_care_status(session), shop=get_shop(session),
            fact_changes=[(change, changed_fields(change)) for change in list_recent(session, current_time())],
            confirmed_clocks=list_kind_since(session, CLOCK_CONFIRMED, current_time() - WEEK), new_papers=list_added_papers(session, current_time() - WEEK),
            door_restarts=count_kind_since(session, DOOR_RESTARTED, current_time() - WEEK), untrue_tags=len(find_cached_truth(session, on).untrue),
            meter=find_turnover_meter(session, on), tax_status=find_tax_status(session, on), without_terms=list_producers_without_terms(session, on),
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
        return render_template("reports/found.html", found=found, words=words)


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    from . import stock_views  # noqa: F401  their routes hang on the same blueprint

    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("reports.home", _l("Today"), "house", MANAGER, MenuGroup.SELLING, 1),
        parents={"reports.find": "", "reports.past_stock": "stock.list_lots", "reports.reorder": "stock.list_lots", "reports.show_ranking": "stock.list_lots", "reports.left_over": "stock.list_lots"},
    )  # fmt: skip
