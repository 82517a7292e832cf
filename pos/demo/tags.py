"""demo/tags.py — the village's shelves with their tags: nearly all hang, as in a shop that is looked after."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..kernel.actor import SYSTEM
from ..kernel.clock import business_day
from ..pricing.models import ShelfPrice
from ..pricing.prices import list_shelf_prices, price_in_force, set_price
from ..tags.models import Design
from ..tags.print_tags import print_tags
from ..tags.shelf import hang_tag

STILL_TO_HANG = 3


def hang_tags(session: Session, *, at: datetime) -> None:
    """A tag before all that may be sold; the last few were printed, and wait to be hung."""
    noted = select(ShelfPrice.product_id)  # the misfit's, before which a cheaper tag hangs
    for product in session.scalars(select(Product).where(Product.id.in_(noted))):
        _hang_cheaper_tag(session, product, at=at)
    products = session.scalars(
        select(Product.id).where(~Product.id.in_(noted)).order_by(Product.search_key)
    ).all()
    printed = print_tags(
        session,
        products,
        Design.SHELF,
        about="zone:ocop",
        output="sheet:24-70x37",
        key="demo",
        by=SYSTEM,
        at=at,
    )
    hang_tag(session, [tag for tag, _says in printed.tags[:-STILL_TO_HANG]], by=SYSTEM, at=at)


def _hang_cheaper_tag(session: Session, product: Product, *, at: datetime) -> None:
    """The price was raised and the tag stayed: it is on the list of untrue tags, and the till knows what it shows."""
    today = business_day(at)
    shown = list_shelf_prices(session, [product.id])[product.id]
    asked = session.scalar(select(price_in_force(product.id, today)))
    if asked is None:
        return
    set_price(session, product, shown, starts=today, by=SYSTEM, at=at)
    printed = print_tags(
        session,
        [product.id],
        Design.SHELF,
        about=f"product:{product.id}",
        output="sheet:24-70x37",
        key="demo-cheaper",
        by=SYSTEM,
        at=at,
    )
    hang_tag(session, [tag for tag, _says in printed.tags], by=SYSTEM, at=at)
    set_price(session, product, asked, starts=today, by=SYSTEM, at=at)
