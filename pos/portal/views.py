"""portal/views.py — the producer's first page, sales, losses."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import String, cast, func, literal, select
from sqlalchemy.orm import Session

from ..admission.gate import Act
from ..admission.goods import GoodsQuery, judge_goods
from ..admission.papers import list_papers
from ..catalog.models import Product
from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..kernel.errors import NotFound
from ..kernel.reason import Reason
from ..producers.models import ProducerTerms
from ..producers.terms import get_producer
from ..sales.models import SaleLine
from ..sales.queries import list_producer_days, list_producer_lines, list_returns
from ..sales.refund import get_sale
from ..stock.models import LEAVING, Lot, MoveKind, OnHand, Place, StockMove
from ..storeroom.models import WriteOff
from ..web.context import current_day
from ..web.numbers import parse_row_id
from ..web.rights import requires_role
from .own_goods import blueprint, list_stopped, own_producer_id

LOSSES = (MoveKind.RETURNED, MoveKind.COUNTED, *LEAVING)
OF_A_LOT = {"no_origin", "trace_broken", "expired", "no_expiry", "recalled", "wrong_zone"}


@dataclass(frozen=True, slots=True)
class OwnLot:
    """A lot of one's own in the shop; `refusals` are what stops this lot (what stops the product stands elsewhere)."""

    lot: Lot
    product: Product
    quantity_milli: int
    refusals: tuple[Reason, ...]


@blueprint.get("")
@requires_role(Role.PRODUCER)
def home() -> ResponseReturnValue:
    with open_reading() as session:
        week = dict(list_producer_days(session, own_producer_id(), current_day() - timedelta(days=6)))
        days = [
            (current_day() - timedelta(days=n), int(week.get(current_day() - timedelta(days=n), 0)))
            for n in range(6, -1, -1)
        ]
        return render_template(
            "portal/home.html", producer=get_producer(session, own_producer_id()), days=days,
            highest=max(paid for _, paid in days), lots=_list_own_lots(session), stopped=list_stopped(session),
            lines=list_producer_lines(session, own_producer_id(), limit=8), papers=list_papers(session, producer_id=own_producer_id()),
            on=current_day(),
        )  # fmt: skip


@blueprint.get("/sales")
@requires_role(Role.PRODUCER)
def sales() -> ResponseReturnValue:
    with open_reading() as session:
        lines = list_producer_lines(
            session, own_producer_id(), before=request.args.get("before", type=parse_row_id)
        )
        return render_template(
            "portal/sales.html", lines=lines, producer=get_producer(session, own_producer_id())
        )


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
            lot=session.get(Lot, line.lot_id) if line.lot_id else None, producer=get_producer(session, own_producer_id()),
        )  # fmt: skip


@blueprint.get("/losses")
@requires_role(Role.PRODUCER)
def losses() -> ResponseReturnValue:
    """Own goods that came back, were written off or were missed at a count, and who bears it by the lot's terms."""
    with open_reading() as session:
        rows = session.execute(
            select(
                StockMove,
                Lot,
                Product,
                func.coalesce(WriteOff.borne_by, ProducerTerms.spoilage_borne_by).label("borne_by"),
            )
            .outerjoin(WriteOff, literal("write_off:") + cast(WriteOff.number, String) == StockMove.document)
            .join(Lot, Lot.id == StockMove.lot_id)
            .join(Product, Product.id == Lot.product_id)
            .outerjoin(ProducerTerms, ProducerTerms.id == Lot.terms_id)
            .where(Product.producer_id == own_producer_id(), StockMove.kind.in_(LOSSES))
            .order_by(StockMove.id.desc())
            .limit(200)
        ).all()
        return render_template(
            "portal/losses.html", rows=rows, producer=get_producer(session, own_producer_id())
        )


def _list_own_lots(session: Session) -> list[OwnLot]:
    """Own lots in the shop with the gate's word on each, the one that ends first first."""
    rows = session.execute(
        select(Lot, Product, OnHand.quantity_milli, Place.id.label("place_id"))
        .join(Product, Product.id == Lot.product_id)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .where(Product.producer_id == own_producer_id(), OnHand.quantity_milli > 0)
        .order_by(Lot.expires_on.is_(None), Lot.expires_on)
    ).all()
    wanted = [GoodsQuery(row.Product.id, row.Lot.id, row.place_id) for row in rows]
    verdicts = judge_goods(session, wanted, Act.SHELVE, current_day())
    return [
        OwnLot(
            row.Lot, row.Product, row.quantity_milli, tuple(r for r in verdict.refusals if r.code in OF_A_LOT)
        )
        for row, verdict in zip(rows, verdicts, strict=True)
    ]


def register(app: Flask) -> None:
    """Add the room's pages to the application."""
    from . import delivery_views, paper_views  # noqa: F401  their routes hang on the same blueprint

    app.register_blueprint(blueprint)
