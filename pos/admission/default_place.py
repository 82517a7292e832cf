"""admission/default_place.py — where goods are put when nobody says where: their own shelf, else the floor of their zone."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import GoodsClass, Product
from ..kernel.errors import Refused
from ..stock.models import Place, Zone
from .gate import zone_of


def find_default_place(session: Session, product: Product) -> Place:
    """The product's shelf; without one the first shelf of its class's zone, else a storeroom.

    Raises Refused (`no_place_at_all`) in a shop that has neither.
    """
    if product.shelf_place_id and (shelf := session.get(Place, product.shelf_place_id)) is not None:
        return shelf
    for zone in (zone_of(GoodsClass(product.goods_class)), Zone.STORE):
        first = select(Place).where(Place.zone == zone.value).order_by(Place.id).limit(1)
        if (place := session.scalars(first).first()) is not None:
            return place
    raise Refused.because("no_place_at_all", product=product.name)
