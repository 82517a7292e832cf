"""admission/told_stars.py — stars that a list told of goods without their decision: a hint for whoever enters that paper."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from .models import ToldStars


def note_told_stars(session: Session, stars: Mapping[int, int]) -> None:
    """Remember them by product; what was told before gives way. They prove nothing: the gate never reads them."""
    if not stars:
        return
    session.execute(delete(ToldStars).where(ToldStars.product_id.in_(stars)))
    session.add_all([ToldStars(product_id=product_id, stars=count) for product_id, count in stars.items()])


def find_told_stars(session: Session, product_ids: Collection[int]) -> dict[int, int]:
    """The stars told, by product."""
    told = session.scalars(select(ToldStars).where(ToldStars.product_id.in_(product_ids)))
    return {row.product_id: row.stars for row in told}
