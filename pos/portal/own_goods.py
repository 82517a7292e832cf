"""portal/own_goods.py — the portal's blueprint, and whose it is: every reading is of the signed-in producer's own rows."""

from datetime import date

from flask import Blueprint
from sqlalchemy.orm import Session

from ..admission.gate import Act, Verdict
from ..admission.goods import judge_products
from ..admission.models import Paper
from ..admission.papers import list_papers
from ..catalog.models import Product
from ..catalog.products import list_products
from ..web.context import current_day
from ..web.rights import current_actor

blueprint = Blueprint("portal", __name__, url_prefix="/mine")


def own_producer_id() -> int:
    """The producer of the sign-in; never one that a request names."""
    own = current_actor().producer_id
    assert own is not None  # noqa: S101  a producer's person always has one (identity/people.py)
    return own


def list_stopped(session: Session) -> list[tuple[Product, Verdict]]:
    """Own products that may not be sold today, with the reasons."""
    own = list_products(session, own_producer_id())
    verdicts = judge_products(session, [product.id for product in own], Act.SHELVE, current_day())
    return [(product, verdicts[product.id]) for product in own if verdicts[product.id].refusals]


def list_own_papers(session: Session) -> list[Paper]:
    """Own papers, the next that ends first; then those without an end, and those that ended last."""
    ends = [(paper.ends or date.max, paper) for paper in list_papers(session, producer_id=own_producer_id())]
    return [paper for _end, paper in sorted(ends, key=lambda pair: (pair[0] < current_day(), pair[0]))]
