"""portal/views.py — every reading here is of the signed-in producer's own rows: the id comes from the sign-in alone."""

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..admission.gate import Act, Verdict
from ..admission.goods import Wanted, verdicts
from ..admission.papers import papers_of
from ..catalog.models import Product
from ..kernel.actor import Role
from ..kernel.database import reading
from ..producers.terms import get_producer
from ..sales.queries import producer_days, producer_lines
from ..stock.models import Lot, OnHand, Place
from ..web.now import today
from ..web.rights import actor, allowed

pages = Blueprint("portal", __name__, url_prefix="/mine")


def _own_id() -> int:
    own = actor().producer_id
    assert own is not None  # noqa: S101  a producer's person always has one (identity/people.py)
    return own


@pages.get("")
@allowed(Role.PRODUCER)
def home() -> ResponseReturnValue:
    with reading() as session:
        week = dict(producer_days(session, _own_id(), today() - timedelta(days=6)))
        days = [
            (today() - timedelta(days=n), int(week.get(today() - timedelta(days=n), 0)))
            for n in range(6, -1, -1)
        ]
        return render_template(
            "portal/home.html", producer=get_producer(session, _own_id()), days=days,
            highest=max(paid for _, paid in days), lots=_own_lots(session), stopped=_stopped(session),
            lines=producer_lines(session, _own_id(), limit=8), papers=papers_of(session, producer_id=_own_id()),
            on=today(),
        )  # fmt: skip


@pages.get("/sales")
@allowed(Role.PRODUCER)
def sales() -> ResponseReturnValue:
    with reading() as session:
        lines = producer_lines(session, _own_id(), before=request.args.get("before", type=int))
        return render_template("portal/sales.html", lines=lines, producer=get_producer(session, _own_id()))


def _own_lots(session: Session) -> list[tuple[Lot, Product, int]]:
    rows = session.execute(
        select(Lot, Product, OnHand.quantity_milli)
        .join(Product, Product.id == Lot.product_id)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .where(Product.producer_id == _own_id(), OnHand.quantity_milli > 0)
        .order_by(Lot.expires_on.is_(None), Lot.expires_on)
    )
    return [(lot, product, quantity) for lot, product, quantity in rows]


def _stopped(session: Session) -> list[tuple[Product, Verdict]]:
    """Own products that may not be sold today, with the reasons."""
    own = session.scalars(select(Product).where(Product.producer_id == _own_id(), ~Product.archived)).all()
    said = verdicts(session, [Wanted(product.id) for product in own], Act.SHELVE, today()) if own else []
    found = []
    for product, verdict in zip(own, said, strict=True):
        refusals = tuple(reason for reason in verdict.refusals if reason.code != "no_lot")
        if refusals:
            found.append((product, Verdict(refusals)))
    return found
