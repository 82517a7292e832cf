"""portal/own.py — the portal's blueprint, and whose it is: every reading is of the signed-in producer's own rows."""

from flask import Blueprint
from sqlalchemy.orm import Session

from ..admission.gate import Act, Verdict
from ..catalog.models import Product
from ..catalog.products import products_of
from ..storeroom.receive import outlooks
from ..web.now import today
from ..web.rights import actor

pages = Blueprint("portal", __name__, url_prefix="/mine")


def own_id() -> int:
    """The producer of the sign-in; never one that a request names."""
    own = actor().producer_id
    assert own is not None  # noqa: S101  a producer's person always has one (identity/people.py)
    return own


def stopped(session: Session) -> list[tuple[Product, Verdict]]:
    """Own products that may not be sold today, with the reasons."""
    own = products_of(session, own_id())
    said = outlooks(session, [product.id for product in own], Act.SHELVE, today())
    return [(product, said[product.id]) for product in own if said[product.id].refusals]
