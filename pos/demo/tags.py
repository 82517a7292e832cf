"""demo/tags.py — the village's shelves with their tags: nearly all hang, as in a shop that is looked after."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..kernel.actor import SYSTEM
from ..pricing.models import ShelfPrice
from ..tags.models import Design
from ..tags.print_tags import print_tags
from ..tags.shelf import hang_tag

STILL_TO_HANG = 3


def hang_tags(session: Session, *, at: datetime) -> None:
    """A tag before all that may be sold; the last few were printed, and wait to be hung."""
    noted = select(
        ShelfPrice.product_id
    )  # before these hangs a tag already: that of the misfit with a cheaper one
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
