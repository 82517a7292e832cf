"""shifts/cash_balances.py — what the book says is in a place now: its documents and, of a drawer, the moves of its shifts."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from .models import CashCategory, CashDocument, CashDocumentKind, DrawerMove, Shift, ShiftClose, name_drawer


def find_opening(session: Session, place: str) -> CashDocument | None:
    """With what the place's book began; None where it hasn't yet."""
    return session.scalars(
        select(CashDocument).where(
            CashDocument.kind == CashDocumentKind.OPENING, CashDocument.to_place == place
        )
    ).first()


def list_drawer_openings(session: Session) -> Sequence[CashDocument]:
    """Of every drawer that has a book."""
    begun = select(CashDocument).where(
        CashDocument.kind == CashDocumentKind.OPENING, CashDocument.shift_number.is_not(None)
    )
    return session.scalars(begun.order_by(CashDocument.to_place)).all()


def is_about(place: str) -> ColumnElement[bool]:
    return or_(CashDocument.from_place == place, CashDocument.to_place == place)


def sum_documents_vnd(session: Session, place: str, *which: ColumnElement[bool]) -> int:
    """What documents put into a place, less what they took out of it."""
    signed = case((CashDocument.to_place == place, CashDocument.amount_vnd), else_=-CashDocument.amount_vnd)
    return int(session.scalar(select(func.sum(signed)).where(is_about(place), *which)) or 0)


def find_drawer_balance_vnd(session: Session, station: str, before: datetime | None = None) -> int | None:
    """What is in a station's drawer by its book, now or before a moment; None where the book hasn't begun.

    A closed shift's moves are what it expected beyond its float, so that no year of sales is added up anew.
    """
    opening = find_opening(session, name_drawer(station))
    if opening is None:
        return None
    alone = [CashDocument.id >= opening.id, CashDocument.drawer_move_id.is_(None)]
    of_book = [Shift.station == station, Shift.number >= opening.shift_number]
    closed, moved = [ShiftClose.shift_number == Shift.number], []
    if before is not None:
        alone.append(CashDocument.at < before)
        of_book.append(Shift.opened_at < before)
        closed.append(ShiftClose.closed_at < before)
        moved.append(DrawerMove.at < before)
    closed_vnd = session.scalar(
        select(func.sum(ShiftClose.expected_vnd - Shift.float_vnd)).join(Shift, and_(*closed)).where(*of_book)
    )
    is_closed = select(ShiftClose.shift_number).where(*closed).exists()
    open_numbers = session.scalars(select(Shift.number).where(*of_book, ~is_closed)).all()
    open_vnd = session.scalar(
        select(func.sum(DrawerMove.amount_vnd)).where(DrawerMove.shift_number.in_(open_numbers), *moved)
    )
    documents_vnd = sum_documents_vnd(session, name_drawer(station), *alone)
    return documents_vnd + int(closed_vnd or 0) + int(open_vnd or 0)


def sum_float_differences_vnd(session: Session, shifts: Iterable[int]) -> dict[int, int]:
    """By shift what its float was over what had stayed in the drawer; short is below 0. Exact ones are left out."""
    over = CashCategory.FLOAT_OVER
    signed = case((CashDocument.category == over, CashDocument.amount_vnd), else_=-CashDocument.amount_vnd)
    rows = session.execute(
        select(CashDocument.shift_number, func.sum(signed))
        .where(
            CashDocument.shift_number.in_([*shifts]),
            CashDocument.category.in_((over, CashCategory.FLOAT_SHORT)),
        )
        .group_by(CashDocument.shift_number)
    )
    return {number: int(amount) for number, amount in rows.tuples() if number is not None}
