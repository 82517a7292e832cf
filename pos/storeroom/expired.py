"""storeroom/expired.py — what has ended and is still in the books: written off in one go, with one witness."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product, ProductGroup
from ..producers.models import Bearer, ProducerTerms
from ..stock.models import Lot, OnHand, Place
from ..stock.queries import active_hold_code


@dataclass(frozen=True, slots=True)
class ExpiredStock:
    """What lies at a place of a lot that has ended. `held_because`: it is stopped besides, so it is destroyed or given back."""

    lot: Lot
    product: Product
    place: Place
    quantity_milli: int
    bearer: Bearer
    held_because: str | None

    @property
    def row_key(self) -> str:
        """What tells it from others, in the names of a form's boxes."""
        return f"{self.lot.id}-{self.place.id}"


def list_expired_stock(session: Session, on: date) -> list[tuple[ProductGroup, list[ExpiredStock]]]:
    """By the goods' group, what ended first first. Ended is what was good until yesterday at the latest."""
    rows = session.execute(
        select(
            Lot, Product, Place, OnHand.quantity_milli, ProductGroup, ProducerTerms.spoilage_borne_by,
            active_hold_code(lot_id=Lot.id).label("lot_held"), active_hold_code(product_id=Product.id).label("product_held"),
        )
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .join(Product, Product.id == Lot.product_id)
        .join(ProductGroup, ProductGroup.code == Product.group_code)
        .outerjoin(ProducerTerms, ProducerTerms.id == Lot.terms_id)
        .where(OnHand.quantity_milli > 0, Lot.expires_on <= on - timedelta(days=1))
        .order_by(ProductGroup.position, Lot.expires_on, Product.search_key, Lot.id, Place.id)
    ).all()  # fmt: skip
    groups: dict[str, tuple[ProductGroup, list[ExpiredStock]]] = {}
    for lot, product, place, quantity_milli, group, bearer, lot_held, product_held in rows:
        stock = ExpiredStock(
            lot, product, place, quantity_milli, Bearer(bearer or Bearer.SHOP), lot_held or product_held
        )
        groups.setdefault(group.code, (group, []))[1].append(stock)
    return list(groups.values())


def count_expired(groups: Sequence[tuple[ProductGroup, Sequence[ExpiredStock]]]) -> int:
    return sum(len(stock) for _group, stock in groups)
