"""cashbook/write_documents.py — what a manager writes into the cash book: receipts, payments, moves, opening balances.

Cash of a drawer whose shift is open is a move of that shift as well, so that its count stays right.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from ..shifts.cash_balances import find_opening
from ..shifts.cash_documents import (
    PAYMENT_CATEGORIES,
    RECEIPT_CATEGORIES,
    find_move_category,
    write_cash_document,
)
from ..shifts.drawer import expected_cash_vnd, find_open_shift, write_drawer_document
from ..shifts.models import BANK, CARD, DRAWER, SAFE, CashCategory, CashDocument, Shift
from .queries import list_places, read_balance_vnd

RECEIVED_FOR = (*RECEIPT_CATEGORIES, CashCategory.DIFFERENCE_OVER)
PAID_FOR = (*PAYMENT_CATEGORIES, CashCategory.BANK_FEE, CashCategory.DIFFERENCE_SHORT)
DIFFERENCES = {CashCategory.DIFFERENCE_OVER, CashCategory.DIFFERENCE_SHORT}


def write_receipt(
    session: Session, place: str, amount_vnd: int, category: CashCategory, reason: str, *, by: Actor, at: datetime
) -> CashDocument:  # fmt: skip
    """Money from outside into a place. Raises Refused as `_write` does, and `category_odd`."""
    _refuse_odd_category(place, category, (*RECEIVED_FOR, CashCategory.PRODUCER))
    return _write(session, amount_vnd, category, reason, from_place=None, to_place=place, by=by, at=at)


def write_payment(
    session: Session, place: str, amount_vnd: int, category: CashCategory, reason: str, *, by: Actor, at: datetime
) -> CashDocument:  # fmt: skip
    """Money out of a place. Raises Refused as `_write` does, and `category_odd`."""
    _refuse_odd_category(place, category, (*PAID_FOR, CashCategory.PRODUCER))
    return _write(session, amount_vnd, category, reason, from_place=place, to_place=None, by=by, at=at)


def _refuse_odd_category(place: str, category: CashCategory, allowed: tuple[CashCategory, ...]) -> None:
    """A drawer's differences are found by counting it, when a shift opens, is handed over or closes."""
    if category not in allowed or (place.startswith(DRAWER) and category in DIFFERENCES):
        raise Refused.because("category_odd")


def move_between(
    session: Session, from_place: str, to_place: str, amount_vnd: int, reason: str, *, by: Actor, at: datetime
) -> CashDocument:  # fmt: skip
    """From one place to another. Raises Refused as `_write` does, and `same_place`, `two_drawers`."""
    if from_place == to_place:
        raise Refused.because("same_place")
    if from_place.startswith(DRAWER) and to_place.startswith(DRAWER):
        raise Refused.because("two_drawers")
    category = find_move_category(from_place, to_place)
    return _write(
        session, amount_vnd, category, reason, from_place=from_place, to_place=to_place, by=by, at=at
    )


def credit_card_takings(
    session: Session, credited_vnd: int, fee_vnd: int, reason: str, *, by: Actor, at: datetime
) -> CashDocument:
    """The bank's collective credit for card takings: the gross sum comes into the bank, and its fee goes out, in one act.

    Returns the document of the gross sum. Raises Refused (`amount_odd`).
    """
    if credited_vnd <= 0 or fee_vnd < 0:
        raise Refused.because("amount_odd")
    gross_vnd = credited_vnd + fee_vnd
    document = write_cash_document(
        session,
        gross_vnd,
        CashCategory.CARD_CREDIT,
        from_place=CARD,
        to_place=BANK,
        reason=reason,
        by=by,
        at=at,
    )
    documents, fee = [document], {}
    if fee_vnd:
        documents.append(
            write_cash_document(
                session, fee_vnd, CashCategory.CARD_FEE, from_place=BANK, to_place=None, reason=reason, by=by, at=at
            )
        )  # fmt: skip
        fee = {"fee_vnd": fee_vnd}
    _record(session, document, documents, by=by, at=at, **fee)
    return document


def tell_opening(session: Session, place: str, counted_vnd: int, *, by: Actor, at: datetime) -> CashDocument:
    """What is in the safe or the bank account today: the opening balance is that, less what the book has put there since.

    Entered once. Raises Refused (`opening_told`, `opening_below`, `amount_odd`, `place_odd`).
    """
    if place not in {SAFE, BANK}:
        raise Refused.because("place_odd")
    if counted_vnd < 0:
        raise Refused.because("amount_odd")
    if find_opening(session, place) is not None:
        raise Refused.because("opening_told")
    booked_vnd = read_balance_vnd(session, place)
    if counted_vnd < booked_vnd:
        raise Refused.because("opening_below", booked_vnd=booked_vnd)
    document = write_cash_document(
        session, counted_vnd - booked_vnd, CashCategory.OPENING, from_place=None, to_place=place, by=by, at=at
    )
    _record(session, document, [document], by=by, at=at)
    return document


def _write(
    session: Session,
    amount_vnd: int,
    category: CashCategory,
    reason: str,
    *,
    from_place: str | None,
    to_place: str | None,
    by: Actor,
    at: datetime,
) -> CashDocument:
    """Raises Refused (`amount_odd`, `place_odd`, `reason_missing`, `drawer_short`, `place_short`)."""
    if amount_vnd <= 0:
        raise Refused.because("amount_odd")
    known = list_places(session)
    if any(place not in known for place in (from_place, to_place) if place is not None):
        raise Refused.because("place_odd")
    if not reason.strip() and None in {from_place, to_place}:
        raise Refused.because("reason_missing")
    drawer = next((place for place in (from_place, to_place) if place and place.startswith(DRAWER)), None)
    shift = find_open_shift(session, drawer.removeprefix(DRAWER)) if drawer else None
    _refuse_short(session, from_place, shift, amount_vnd)
    places: Any = {"from_place": from_place, "to_place": to_place}
    if shift is not None:
        return write_drawer_document(
            session, shift, amount_vnd, category, **places, reason=reason, by=by, at=at
        )
    document = write_cash_document(
        session, amount_vnd, category, **places, reason=reason, by=by, at=at,
        shift_number=_find_last_shift(session, drawer) if drawer else None,
    )  # fmt: skip
    _record(session, document, [document], by=by, at=at)
    return document


def _refuse_short(session: Session, place: str | None, shift: Shift | None, amount_vnd: int) -> None:
    """No cash goes out of a drawer or safe that doesn't hold it; of a safe that is known only once its opening was told."""
    if place is None or place in {BANK, CARD}:
        return
    if place == SAFE:
        if find_opening(session, SAFE) is not None and read_balance_vnd(session, SAFE) < amount_vnd:
            raise Refused.because("place_short")
        return
    held_vnd = read_balance_vnd(session, place) if shift is None else expected_cash_vnd(session, shift)
    if held_vnd < amount_vnd:
        raise Refused.because("drawer_short")


def _find_last_shift(session: Session, drawer: str) -> int | None:
    newest = select(func.max(Shift.number)).where(Shift.station == drawer.removeprefix(DRAWER))
    return session.scalar(newest)


def _record(
    session: Session, document: CashDocument, documents: list[CashDocument], *, by: Actor, at: datetime, **more: Any
) -> None:  # fmt: skip
    record(
        session, "cash_document_written", by=by, at=at, subject=document, seals=documents, amount_vnd=document.amount_vnd,
        category=document.category, reason=document.reason, **more,
    )  # fmt: skip
