"""shifts/hand_over.py — the drawer passes from one cashier to another within a shift, and its book starts right for who comes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor, Approval
from ..kernel.errors import Refused
from .cash_documents import write_difference
from .drawer import expected_cash_vnd
from .models import CashCategory, CashDocument, DrawerKind, DrawerMove, HandOver, Shift, name_drawer


def hand_over_drawer(
    session: Session, shift: Shift, counted_vnd: int, taken_by: Approval, *, by: Actor, at: datetime
) -> HandOver:
    """`by` has counted blind, `taken_by` confirms it by name and PIN. What is missing or over is a move and a document.

    Raises Refused (`amount_odd`, `hand_over_to_self`).
    """
    taker = taken_by.by
    if counted_vnd < 0:
        raise Refused.because("amount_odd")
    if taker.person_id is None or taker.person_id == by.person_id:
        raise Refused.because("hand_over_to_self")
    counted_before = select(func.count()).where(HandOver.shift_number == shift.number)
    hand_over = HandOver(
        shift_number=shift.number, n=(session.scalar(counted_before) or 0) + 1, at=at, from_name=by.name,
        to_name=taker.name, to_id=taker.person_id, expected_vnd=expected_cash_vnd(session, shift), counted_vnd=counted_vnd,
    )  # fmt: skip
    session.add(hand_over)
    session.flush()
    move, documents = _write_difference(session, shift, hand_over, by=by, at=at)
    seals = [hand_over, *([move] if move else []), *documents]
    record(
        session, "drawer_handed_over", by=by, at=at, subject=shift, seals=seals, to_name=taker.name,
        expected_vnd=hand_over.expected_vnd, counted_vnd=counted_vnd,
    )  # fmt: skip
    return hand_over


def _write_difference(
    session: Session, shift: Shift, hand_over: HandOver, *, by: Actor, at: datetime
) -> tuple[DrawerMove | None, list[CashDocument]]:
    """The move that sets the drawer's book to what was counted, and its document; nothing where it is exact."""
    difference_vnd = hand_over.counted_vnd - hand_over.expected_vnd
    if not difference_vnd:
        return None, []
    move = DrawerMove(
        shift_number=shift.number, kind=DrawerKind.DIFFERENCE.value, amount_vnd=difference_vnd, document="", reason="",
        at=at, by_name=by.name, approved_by=None,
    )  # fmt: skip
    session.add(move)
    session.flush()
    categories = CashCategory.DIFFERENCE_OVER, CashCategory.DIFFERENCE_SHORT
    return move, write_difference(
        session, name_drawer(shift.station), difference_vnd, categories, by=by, at=at, shift_number=shift.number, move=move
    )  # fmt: skip


def list_hand_overs(session: Session, shift_number: int) -> Sequence[HandOver]:
    """Of a shift, in their order."""
    return session.scalars(
        select(HandOver).where(HandOver.shift_number == shift_number).order_by(HandOver.n)
    ).all()


def get_newest_hand_over(session: Session, shift_number: int) -> HandOver:
    """Raises LookupError where the shift has none."""
    return list_hand_overs(session, shift_number)[-1]
