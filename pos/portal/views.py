"""portal/views.py — the producer's first page, which shows each sale as it happens, and the sales one by one."""

from datetime import timedelta

from flask import Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue

from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..messages.queries import count_unread_by
from ..producers.terms import get_producer
from ..sales.queries import list_lines
from ..sales.refund import get_sale
from ..settlement.disputes import list_open_disputes
from ..stock.queries import get_lot
from ..storeroom.announce import list_expected
from ..web.context import current_day, current_time
from ..web.numbers import parse_row_id
from ..web.rights import current_actor, requires_role
from .fingerprint import read_fingerprint
from .first_page import read_first_page
from .own_goods import blueprint, list_stopped, own_producer_id
from .own_papers import count_ending_papers
from .own_sales import list_own_lines, list_own_parts, list_own_returns
from .queries import list_own_lots, sum_sold
from .reductions import list_reductions
from .terms import REDUCTIONS

FINGERPRINT = "X-Fingerprint"
SALES_A_PAGE = 100


@blueprint.get("")
@requires_role(Role.PRODUCER)
def home() -> ResponseReturnValue:
    with open_reading() as session:
        own, on = own_producer_id(), current_day()
        return render_template(
            "portal/home.html", REDUCTIONS=REDUCTIONS, producer=get_producer(session, own), fingerprint=read_fingerprint(session, own, on), at=current_time(),
            first=read_first_page(session, own, on), stopped=list_stopped(session, own, on), on=on, ending_papers=count_ending_papers(session, own, on),
            expected=len(list_expected(session, own)), unread=count_unread_by(session, own, current_actor().person_id),
            disputes=list_open_disputes(session, own), stopped_lots=[each for each in list_own_lots(session, own, on) if each.refusals],
        )  # fmt: skip


@blueprint.get("/now")
@requires_role(Role.PRODUCER)
def follow_sales() -> ResponseReturnValue:
    """What the first page shows of sales and money, if it is otherwise than it has `seen`; mostly it is not (204)."""
    with open_reading() as session:
        own, on = own_producer_id(), current_day()
        fingerprint = read_fingerprint(session, own, on)
        if fingerprint == request.args.get("seen", ""):
            return "", 204
        answer = make_response(
            render_template(
                "portal/follow.html",
                first=read_first_page(session, own, on),
                at=current_time(),
                REDUCTIONS=REDUCTIONS,
            )
        )
    answer.headers[FINGERPRINT] = fingerprint
    return answer


@blueprint.get("/sales")
@requires_role(Role.PRODUCER)
def sales() -> ResponseReturnValue:
    with open_reading() as session:
        own, on = own_producer_id(), current_day()
        lines = list_own_lines(
            session, own, before=request.args.get("before", type=parse_row_id), sales=SALES_A_PAGE
        )
        return render_template(
            "portal/sales.html", lines=lines, reductions=list_reductions(session, lines), REDUCTIONS=REDUCTIONS, has_older=len({line.sale_number for line in lines}) >= SALES_A_PAGE, producer=get_producer(session, own), sold=sum_sold(session, own, on),
            monday=on - timedelta(days=on.weekday()),
        )  # fmt: skip


@blueprint.get("/sales/<int:number>/<int:n>")
@requires_role(Role.PRODUCER)
def sale_line(number: int, n: int) -> ResponseReturnValue:
    """One line of a slip: what, which lot, for how much, when, what came back. Never who bought it or served."""
    with open_reading() as session:
        own = own_producer_id()
        parts = list_own_parts(session, own, number, n)
        return render_template(
            "portal/line.html", parts=parts, reductions=list_reductions(session, parts), REDUCTIONS=REDUCTIONS, sale=get_sale(session, number), back=list_own_returns(session, own, number, n),
            is_alone=len(list_lines(session, number)) == 1, producer=get_producer(session, own),
            lots={part.lot_id: get_lot(session, part.lot_id) for part in parts if part.lot_id},
        )  # fmt: skip


def register(app: Flask) -> None:
    """Add the room's pages to the application."""
    from . import (  # noqa: F401  their routes hang on the same blueprint
        delivery_views,
        export_views,
        installed_views,
        message_views,
        paper_views,
        price_views,
        statement_views,
        stock_views,
    )

    app.register_blueprint(blueprint)
