"""catalog/queries.py — readings of the products for the screens."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import Product


def list_product_ids(session: Session, producer_id: int) -> Sequence[int]:
    """All of a producer's products, archived ones too."""
    return session.scalars(select(Product.id).where(Product.producer_id == producer_id)).all()
