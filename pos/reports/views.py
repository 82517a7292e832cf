"""reports/views.py — the manager's first page (only tiles whose room exists), the list of refusals, the search."""

import json
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..admission.models import Paper
from ..catalog.models import Product
from ..identity.fact_changes import changed_fields, list_recent, withdraw_change
from ..journal.models import JournalRow
from ..journal.queries import list_kind_since
from ..journal.record import CLOCK_CONFIRMED
from ..kernel.actor import Role
from ..kernel.clock import day_start
from ..kernel.database import open_reading, unit_of_work
from ..lan.door import DOOR_RESTARTED
from ..logbooks.complaints import list_complaints
from ..logbooks.coolers import list_unread_coolers
from ..printing.queue import list_waiting
from ..sales.queries import sum_day
from ..shop.models import get_shop
from ..stock.models import Lot, OnHand
from ..tags.truth_cache import find_cached_truth
from ..web.context import current_day, current_time
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id
from ..web.rights import current_actor, requires_role
from .refusals import count_called, list_refusals
from .search import search_shop

blueprint = Blueprint("reports", __name__)
WEEK = timedelta(days=7)
OLD_BACKUP = timedelta(days=2)


@blueprint.get("/today")
@requires_role(Role.MANAGER)
def home() -> ResponseReturnValue:
    """What needs me today."""
    on = current_day()
    with open_reading() as session:
        found = list_refusals(session, day_start(on))
        return render_template(
            "reports/home.html", on=on, now=sum_day(session, on), before=sum_day(session, on - WEEK),
            papers=_ending_papers(session, on), lots=_ending_lots(session, on), refused=sum(item.times for item in found),
            called=count_called(found), printing=list_waiting(session), unread=list_unread_coolers(session, on),
            complaints=list_complaints(session, open_only=True), care=_care_status(session), shop=get_shop(session),
            fact_changes=[(change, changed_fields(change)) for change in list_recent(session, current_time())],
            confirmed_clocks=list_kind_since(session, CLOCK_CONFIRMED, current_time() - WEEK), new_papers=_new_papers(session),
            door_restarts=_door_restarts(session), untrue_tags=len(find_cached_truth(session, on).untrue),
        )  # fmt: skip


def _ending_papers(session: Session, on: date) -> Any:
    soon = Paper.ends.between(on - WEEK, on + timedelta(days=60))
    return session.scalars(
        select(Paper).where(soon, Paper.revoked_on.is_(None)).order_by(Paper.ends).limit(20)
    ).all()


def _new_papers(session: Session) -> list[tuple[JournalRow, Paper]]:
    """Papers that people entered within a week, each with its act: a number that nobody issued makes goods sell, too."""
    acts = [
        row
        for row in list_kind_since(session, "paper_added", current_time() - WEEK)
        if row.actor_id is not None
    ]
    papers = {f"paper:{paper.id}": paper for paper in session.scalars(
        select(Paper).where(Paper.id.in_([int((row.subject or "").partition(":")[2]) for row in acts]))
    )}  # fmt: skip
    return [(row, papers[row.subject]) for row in acts if row.subject and row.subject in papers]


def _ending_lots(session: Session, on: date) -> Any:
    return session.execute(
        select(Lot, Product, func.sum(OnHand.quantity_milli))
        .join(Product, Product.id == Lot.product_id)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .where(Lot.expires_on <= on + WEEK, OnHand.quantity_milli > 0)
        .group_by(Lot.id, Product.id)
        .order_by(Lot.expires_on)
        .limit(20)
    ).all()


def _care_status(session: Session) -> dict[str, Any]:
    """The newest backup and its age, whether the newest try failed, and what the weekly proof found."""

    def newest(*kinds: str) -> JournalRow | None:
        query = select(JournalRow).where(JournalRow.kind.in_(kinds)).order_by(JournalRow.seq.desc())
        return session.scalars(query.limit(1)).first()

    made, tried, proved = newest("backed_up"), newest("backed_up", "backup_failed"), newest("books_proved")
    age = current_time() - made.at if made else None
    details = json.loads(made.payload) if made else {}
    return {
        "has_doubt": bool(details.get("doubt")), "is_unproved": bool(details.get("unproved")), "made": made, "days": age.days if age else None, "is_old": age is None or age > OLD_BACKUP,
        "has_failed": tried is not None and tried.kind == "backup_failed",
        "has_faults": proved is not None and '"faults":0' not in proved.payload, "proved": proved,
    }  # fmt: skip


def _door_restarts(session: Session) -> dict[str, Any] | None:
    """How often a door of the server ended and was opened again within a week, and when last (None: never)."""
    query = select(func.count(), func.max(JournalRow.at)).where(
        JournalRow.kind == DOOR_RESTARTED, JournalRow.at >= current_time() - WEEK
    )
    times, last = session.execute(query).one()
    return {"times": times, "last": last} if times else None


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
        found = list_refusals(session, day_start(current_day() - timedelta(days=days - 1)))
        return render_template("reports/refused.html", found=found, days=days)


@blueprint.get("/find")
@requires_role(Role.MANAGER, Role.VIEWER)
def find() -> ResponseReturnValue:
    """Everything that bears a name, code, lot or number like that."""
    words = request.args.get("q", "")
    with open_reading() as session:
        found = search_shop(session, words, with_sales=current_actor().role is Role.MANAGER)
        return render_template("reports/found.html", found=found, words=words)


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    from . import stock_views  # noqa: F401  their routes hang on the same blueprint

    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("reports.home", _l("Today"), "house", MANAGER, MenuGroup.SELLING, 1),
        parents={"reports.past_stock": "stock.list_lots", "reports.reorder": "stock.list_lots", "reports.show_ranking": "stock.list_lots", "reports.left_over": "stock.list_lots"},
    )  # fmt: skip
