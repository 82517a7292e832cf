"""portal/views.py — the producer's first page, sales, losses."""

from dataclasses import dataclass
from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import String, cast, func, literal, select
from sqlalchemy.orm import Session

from ..admission.gate import Act
from ..admission.goods import Wanted, verdicts
from ..admission.papers import papers_of
from ..catalog.models import Product
from ..kernel.actor import Role
from ..kernel.database import reading
from ..kernel.errors import NotFound
from ..kernel.reason import Reason
from ..producers.models import Terms
from ..producers.terms import get_producer
from ..sales.models import SaleLine
from ..sales.queries import producer_days, producer_lines, returns_of
from ..sales.refund import get_sale
from ..stock.models import LEAVING, Lot, MoveKind, OnHand, Place, StockMove
from ..storeroom.models import WriteOff
from ..web.now import today
from ..web.numbers import row_id
from ..web.rights import allowed
from .own import own_id, pages, stopped

LOSSES = (MoveKind.RETURNED, MoveKind.COUNTED, *LEAVING)
OF_A_LOT = {"no_origin", "trace_broken", "expired", "no_expiry", "recalled", "wrong_zone"}


@dataclass(frozen=True, slots=True)
class OwnLot:
    """A lot of one's own in the shop; `refusals` are what stops this lot (what stops the product stands elsewhere)."""

    lot: Lot
    product: Product
    quantity_milli: int
    refusals: tuple[Reason, ...]


@pages.get("")
@allowed(Role.PRODUCER)
def home() -> ResponseReturnValue:
    with reading() as session:
        week = dict(producer_days(session, own_id(), today() - timedelta(days=6)))
        days = [
            (today() - timedelta(days=n), int(week.get(today() - timedelta(days=n), 0)))
            for n in range(6, -1, -1)
        ]
        return render_template(
            "portal/home.html", producer=get_producer(session, own_id()), days=days,
            highest=max(paid for _, paid in days), lots=_own_lots(session), stopped=stopped(session),
            lines=producer_lines(session, own_id(), limit=8), papers=papers_of(session, producer_id=own_id()),
            on=today(),
        )  # fmt: skip


@pages.get("/sales")
@allowed(Role.PRODUCER)
def sales() -> ResponseReturnValue:
    with reading() as session:
        lines = producer_lines(session, own_id(), before=request.args.get("before", type=row_id))
        return render_template("portal/sales.html", lines=lines, producer=get_producer(session, own_id()))


@pages.get("/sales/<int:number>/<int:n>")
@allowed(Role.PRODUCER)
def sale_line(number: int, n: int) -> ResponseReturnValue:
    """One line of a slip: what, which lot, for how much, when, what came back. Never who bought it or served."""
    with reading() as session:
        line = session.get(SaleLine, (number, n))
        if line is None or line.producer_id != own_id():
            raise NotFound.because("line_gone")
        return render_template(
            "portal/line.html", line=line, sale=get_sale(session, number), back=returns_of(session, line),
            lot=session.get(Lot, line.lot_id) if line.lot_id else None, producer=get_producer(session, own_id()),
        )  # fmt: skip


@pages.get("/losses")
@allowed(Role.PRODUCER)
def losses() -> ResponseReturnValue:
    """Own goods that came back, were written off or were missed at a count, and who bears it by the lot's terms."""
    with reading() as session:
        rows = session.execute(
            select(
                StockMove,
                Lot,
                Product,
                func.coalesce(WriteOff.borne_by, Terms.spoilage_borne_by).label("borne_by"),
            )
            .outerjoin(WriteOff, literal("write_off:") + cast(WriteOff.number, String) == StockMove.document)
            .join(Lot, Lot.id == StockMove.lot_id)
            .join(Product, Product.id == Lot.product_id)
            .outerjoin(Terms, Terms.id == Lot.terms_id)
            .where(Product.producer_id == own_id(), StockMove.kind.in_(LOSSES))
            .order_by(StockMove.id.desc())
            .limit(200)
        ).all()
        return render_template("portal/losses.html", rows=rows, producer=get_producer(session, own_id()))


def _own_lots(session: Session) -> list[OwnLot]:
    """Own lots in the shop with the gate's word on each, the one that ends first first."""
    rows = session.execute(
        select(Lot, Product, OnHand.quantity_milli, Place.id.label("place_id"))
        .join(Product, Product.id == Lot.product_id)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .where(Product.producer_id == own_id(), OnHand.quantity_milli > 0)
        .order_by(Lot.expires_on.is_(None), Lot.expires_on)
    ).all()
    wanted = [Wanted(row.Product.id, row.Lot.id, row.place_id) for row in rows]
    said = verdicts(session, wanted, Act.SHELVE, today())
    return [
        OwnLot(
            row.Lot, row.Product, row.quantity_milli, tuple(r for r in verdict.refusals if r.code in OF_A_LOT)
        )
        for row, verdict in zip(rows, said, strict=True)
    ]
