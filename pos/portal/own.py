"""portal/own.py — the portal's blueprint, and whose it is: every reading is of the signed-in producer's own rows."""

from collections.abc import Sequence

from flask import Blueprint
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..admission.gate import Act, Verdict
from ..admission.goods import Wanted, verdicts
from ..catalog.models import Product
from ..web.now import today
from ..web.rights import actor

pages = Blueprint("portal", __name__, url_prefix="/mine")


def own_id() -> int:
    """The producer of the sign-in; never one that a request names."""
    own = actor().producer_id
    assert own is not None  # noqa: S101  a producer's person always has one (identity/people.py)
    return own


def own_products(session: Session) -> Sequence[Product]:
    query = select(Product).where(Product.producer_id == own_id(), ~Product.archived)
    return session.scalars(query.order_by(Product.search_key)).all()


def stopped(session: Session) -> list[tuple[Product, Verdict]]:
    """Own products that may not be sold today, with the reasons."""
    own = own_products(session)
    said = verdicts(session, [Wanted(product.id) for product in own], Act.SHELVE, today())
    found = []
    for product, verdict in zip(own, said, strict=True):
        refusals = tuple(reason for reason in verdict.refusals if reason.code != "no_lot")
        if refusals:
            found.append((product, Verdict(refusals)))
    return found
