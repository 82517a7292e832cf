"""catalog/queries.py — readings of the products for the screens."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from ..kernel.tables import contains_words
from ..producers.models import Producer
from .models import Product


def list_products_by_name(
    session: Session,
    *,
    words: str = "",
    group_code: str = "",
    producer_id: int | None = None,
    offset: int = 0,
    limit: int = 100,
) -> Sequence[tuple[Product, str]]:
    """Products with their producers' names, those that are archived last; of a group, of a producer, with every word typed."""
    query = (
        select(Product, Producer.name.label("producer"))
        .join(Producer, Producer.id == Product.producer_id)
        .options(selectinload(Product.barcodes))
        .where(*contains_words(Product.search_key, words))
        .order_by(Product.archived, Product.search_key)
    )
    if group_code:
        query = query.where(Product.group_code == group_code)
    if producer_id:
        query = query.where(Product.producer_id == producer_id)
    return session.execute(query.offset(offset).limit(limit)).all()


def list_product_ids(session: Session, producer_id: int) -> Sequence[int]:
    """All of a producer's products, archived ones too."""
    return session.scalars(select(Product.id).where(Product.producer_id == producer_id)).all()
