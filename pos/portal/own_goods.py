"""portal/own_goods.py — the portal's blueprint, and whose it is: `own_producer_id()` alone says it, and each reading is given it."""

from datetime import date

from flask import Blueprint
from sqlalchemy.orm import Session

from ..admission.gate import Act, Verdict
from ..admission.goods import judge_products
from ..catalog.models import Product
from ..catalog.products import get_product, list_products
from ..kernel.errors import NotFound
from ..settlement.disputes import get_dispute
from ..settlement.models import Dispute, Statement
from ..settlement.statements import get_statement
from ..web.rights import current_actor

blueprint = Blueprint("portal", __name__, url_prefix="/mine")


def own_producer_id() -> int:
    """The producer of the sign-in; never one that a request names."""
    own = current_actor().producer_id
    assert own is not None  # noqa: S101  a producer's person always has one (identity/people.py)
    return own


def list_stopped(session: Session, producer_id: int, on: date) -> list[tuple[Product, Verdict]]:
    """A producer's products that may not be sold on a day, with the reasons."""
    own = list_products(session, producer_id)
    verdicts = judge_products(session, [product.id for product in own], Act.SHELVE, on)
    return [(product, verdicts[product.id]) for product in own if verdicts[product.id].refusals]


def get_own_product(session: Session, producer_id: int, product_id: int) -> Product:
    """Raises NotFound where it is another producer's."""
    product = get_product(session, product_id)
    if product.producer_id != producer_id:
        raise NotFound.because("product_not_found")
    return product


def get_own_statement(session: Session, producer_id: int, number: int) -> Statement:
    """Raises NotFound where it is another producer's."""
    statement = get_statement(session, number)
    if statement.producer_id != producer_id:
        raise NotFound.because("statement_not_found")
    return statement


def get_own_dispute(session: Session, producer_id: int, number: int) -> tuple[Dispute, Statement]:
    """With its statement. Raises NotFound where it is another producer's."""
    dispute = get_dispute(session, number)
    statement = get_statement(session, dispute.statement_number)
    if statement.producer_id != producer_id:
        raise NotFound.because("dispute_not_found")
    return dispute, statement
