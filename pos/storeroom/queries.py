"""storeroom/queries.py — readings of the deliveries that came in."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..stock.models import Lot
from .models import LineCheck, Receiving, ReceivingLine, RefusedLine


def list_newest_receivings(
    session: Session,
    *,
    before: int | None = None,
    note: str = "",
    producer_id: int | None = None,
    limit: int = 100,
) -> Sequence[Receiving]:
    """`before` is a number to page on from; `note`: what the delivery note's number holds."""
    query = select(Receiving).order_by(Receiving.number.desc()).limit(limit)
    if before is not None:
        query = query.where(Receiving.number < before)
    if note:
        query = query.where(Receiving.delivery_note.icontains(note, autoescape=True))
    if producer_id:
        query = query.where(Receiving.producer_id == producer_id)
    return session.scalars(query).all()


def list_reversed_numbers(session: Session) -> set[int | None]:
    """The receivings that were taken back."""
    return set(session.scalars(select(Receiving.reverses).where(Receiving.reverses.is_not(None))))


def list_partly_refused_numbers(session: Session) -> set[int]:
    """The receivings of which something went back at the door."""
    return set(session.scalars(select(RefusedLine.receiving_number).distinct()))


def list_receiving_lines(session: Session, number: int) -> Sequence[tuple[ReceivingLine, Lot, Product]]:
    """What came in with a delivery, each line with its lot and product."""
    return session.execute(
        select(ReceivingLine, Lot, Product)
        .join(Lot, Lot.id == ReceivingLine.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .where(ReceivingLine.receiving_number == number)
        .order_by(ReceivingLine.id)
    ).all()


def find_reversal_number(session: Session, number: int) -> int | None:
    """The receiving that took this one back."""
    return session.scalars(select(Receiving.number).where(Receiving.reverses == number)).first()


def list_line_checks(session: Session, number: int) -> Sequence[LineCheck]:
    """What was looked at when a delivery came, line by line."""
    query = select(LineCheck).where(LineCheck.receiving_number == number)
    return session.scalars(query.order_by(LineCheck.id)).all()
