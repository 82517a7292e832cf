"""portal/views.py — the producer's first page, sales, losses."""

from datetime import timedelta

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue

from ..admission.dossier import list_covered_names
from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..kernel.errors import NotFound
from ..messages.queries import count_unread_by
from ..producers.terms import get_producer
from ..sales.models import SaleLine
from ..sales.queries import list_lines, list_producer_days, list_producer_lines, list_returns
from ..sales.refund import get_sale
from ..stock.models import Lot
from ..storeroom.announce import list_expected
from ..web.context import current_day
from ..web.numbers import parse_row_id
from ..web.rights import current_actor, requires_role
from .own_goods import blueprint, list_own_papers, list_stopped, own_producer_id
from .queries import list_losses, list_own_lots, sum_sold


@blueprint.get("")
@requires_role(Role.PRODUCER)
def home() -> ResponseReturnValue:
    with open_reading() as session:
        week = dict(list_producer_days(session, own_producer_id(), current_day() - timedelta(days=6)))
        days = [
            (current_day() - timedelta(days=n), int(week.get(current_day() - timedelta(days=n), 0)))
            for n in range(6, -1, -1)
        ]
        papers = list_own_papers(session)
        return render_template(
            "portal/home.html", producer=get_producer(session, own_producer_id()), days=days,
            highest=max(paid for _, paid in days), lots=list_own_lots(session, own_producer_id(), current_day()), stopped=list_stopped(session),
            lines=list_producer_lines(session, own_producer_id(), limit=8), papers=papers, covered=list_covered_names(session, papers),
            expected=len(list_expected(session, own_producer_id())), on=current_day(),
            unread=count_unread_by(session, own_producer_id(), current_actor().person_id),
        )  # fmt: skip


@blueprint.get("/sales")
@requires_role(Role.PRODUCER)
def sales() -> ResponseReturnValue:
    with open_reading() as session:
        lines = list_producer_lines(
            session, own_producer_id(), before=request.args.get("before", type=parse_row_id)
        )
        return render_template(
            "portal/sales.html", lines=lines, producer=get_producer(session, own_producer_id()), sold=sum_sold(session, own_producer_id(), current_day()),
            monday=current_day() - timedelta(days=current_day().weekday()),
        )  # fmt: skip


@blueprint.get("/sales/<int:number>/<int:n>")
@requires_role(Role.PRODUCER)
def sale_line(number: int, n: int) -> ResponseReturnValue:
    """One line of a slip: what, which lot, for how much, when, what came back. Never who bought it or served."""
    with open_reading() as session:
        line = session.get(SaleLine, (number, n))
        if line is None or line.producer_id != own_producer_id():
            raise NotFound.because("line_gone")
        return render_template(
            "portal/line.html", line=line, sale=get_sale(session, number), back=list_returns(session, line),
            is_alone=len(list_lines(session, number)) == 1, lot=session.get(Lot, line.lot_id) if line.lot_id else None, producer=get_producer(session, own_producer_id()),
        )  # fmt: skip


@blueprint.get("/losses")
@requires_role(Role.PRODUCER)
def losses() -> ResponseReturnValue:
    """Own goods that came back, were written off or were missed at a count, and who bears it by the lot's terms."""
    with open_reading() as session:
        rows = list_losses(session, own_producer_id())
        return render_template(
            "portal/losses.html", rows=rows, producer=get_producer(session, own_producer_id())
        )


def register(app: Flask) -> None:
    """Add the room's pages to the application."""
    from . import delivery_views, message_views, paper_views  # noqa: F401  their routes hang on the same blueprint

    app.register_blueprint(blueprint)
