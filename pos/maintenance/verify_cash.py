"""maintenance/verify_cash.py — the cash book and the drawer's ledger say the same: each move its document, each balance its rows."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ..shifts.cash_balances import is_about, list_drawer_openings
from ..shifts.cash_documents import SERIES_OF, find_kind
from ..shifts.models import (
    CashCategory,
    CashDocument,
    CashDocumentKind,
    DrawerKind,
    DrawerMove,
    HandOver,
    Shift,
    ShiftClose,
    name_drawer,
)
from .finding import BATCH, Finding

WITH_DOCUMENT = (DrawerKind.CASH_IN, DrawerKind.CASH_OUT, DrawerKind.DIFFERENCE)
AT_OPENING = {CashCategory.OPENING, CashCategory.FLOAT_OVER, CashCategory.FLOAT_SHORT}
COUNTED = {CashCategory.DIFFERENCE_OVER, CashCategory.DIFFERENCE_SHORT}


def check_cash_documents(session: Session) -> Iterator[Finding]:
    """Each document's kind, number and amount fit its places; each stands beside a move of its own size."""
    rows = session.execute(
        select(CashDocument, DrawerMove, Shift.station)
        .outerjoin(DrawerMove, DrawerMove.id == CashDocument.drawer_move_id)
        .outerjoin(Shift, Shift.number == DrawerMove.shift_number)
        .execution_options(yield_per=BATCH)
    )
    for document, move, station in rows:
        name = f"cash_document:{document.id}"
        kind = find_kind(CashCategory(document.category), document.from_place, document.to_place)
        numbers = {each for each, series in SERIES_OF.items() if getattr(document, series.key) is not None}
        if document.kind != kind or numbers != {kind}:
            yield Finding("cash", name, "its kind or number does not fit its places")
        if document.amount_vnd < 0 or (not document.amount_vnd and kind is not CashDocumentKind.OPENING):
            yield Finding("cash", name, f"its amount is {document.amount_vnd}")
        if move is not None and move.amount_vnd != _find_change_vnd(document, name_drawer(station)):
            yield Finding("cash", name, f"its drawer move says {move.amount_vnd}")


def _find_change_vnd(document: CashDocument, place: str) -> int:
    """What it puts into the place; below 0 what it takes out."""
    if document.to_place == place:
        return document.amount_vnd
    return -document.amount_vnd if document.from_place == place else 0


def check_cash_moves(session: Session) -> Iterator[Finding]:
    """Since there are documents, no cash goes into or out of a drawer without one; hand-overs' differences are moves."""
    first_move = select(func.min(CashDocument.drawer_move_id)).scalar_subquery()
    first_shift = (
        select(func.min(CashDocument.shift_number))
        .where(CashDocument.kind == CashDocumentKind.OPENING)
        .scalar_subquery()
    )
    alone = (
        select(DrawerMove.id)
        .outerjoin(CashDocument, CashDocument.drawer_move_id == DrawerMove.id)
        .where(
            DrawerMove.kind.in_(WITH_DOCUMENT),
            CashDocument.id.is_(None),
            or_(DrawerMove.id >= first_move, DrawerMove.shift_number >= first_shift),
        )
    )
    for move_id in session.scalars(alone):
        yield Finding("cash", f"drawer_move:{move_id}", "it has no document of the cash book")
    moved = _sum_by_shift(session, DrawerMove.kind == DrawerKind.DIFFERENCE)
    told = session.execute(
        select(HandOver.shift_number, func.sum(HandOver.counted_vnd - HandOver.expected_vnd)).group_by(
            HandOver.shift_number
        )
    )
    differences = {number: int(amount) for number, amount in told}
    for number in sorted(moved.keys() | differences.keys()):
        if moved.get(number, 0) != differences.get(number, 0):
            yield Finding(
                "cash", f"shift:{number}", "its hand-overs and its drawer's differences don't agree"
            )


def _sum_by_shift(session: Session, *which: object) -> dict[int, int]:
    query = select(DrawerMove.shift_number, func.sum(DrawerMove.amount_vnd)).where(*which)  # type: ignore[arg-type]
    rows = session.execute(query.group_by(DrawerMove.shift_number))
    return {number: int(amount) for number, amount in rows.tuples()}


def check_drawer_books(session: Session) -> Iterator[Finding]:
    """From its opening on each drawer's book is, shift by shift, the float, what was expected, counted and left in it."""
    moved = _sum_by_shift(session)
    for opening in list_drawer_openings(session):
        place = opening.to_place or ""
        alone = select(CashDocument).where(
            is_about(place), CashDocument.drawer_move_id.is_(None), CashDocument.id >= opening.id
        )
        of_shift: defaultdict[int, list[CashDocument]] = defaultdict(list)
        for document in session.scalars(alone.order_by(CashDocument.id)):
            of_shift[document.shift_number or 0].append(document)
        left_vnd = 0
        rows = session.execute(
            select(Shift, ShiftClose)
            .outerjoin(ShiftClose, ShiftClose.shift_number == Shift.number)
            .where(name_drawer("") + Shift.station == place, Shift.number >= opening.shift_number)
            .order_by(Shift.number)
        )
        for shift, close in rows:
            documents = of_shift.pop(shift.number, [])
            before_vnd = left_vnd + _sum_changes(documents, place, AT_OPENING)
            if before_vnd != shift.float_vnd:
                yield Finding("cash", f"shift:{shift.number}", f"the book had {before_vnd} in the drawer")
            left_vnd = shift.float_vnd + moved.get(shift.number, 0)
            if close is not None:
                yield from _check_close(close, documents, place)
                left_vnd += _sum_changes(documents, place, {*CashCategory} - AT_OPENING)
        for number in of_shift:
            yield Finding("cash", f"shift:{number}", f"documents of {place} that its shifts don't have")


def _sum_changes(documents: list[CashDocument], place: str, categories: set[CashCategory]) -> int:
    return sum(_find_change_vnd(document, place) for document in documents if document.category in categories)


def _check_close(close: ShiftClose, documents: list[CashDocument], place: str) -> Iterator[Finding]:
    """What was missing or over, and what went to the safe: managers may carry more there after the close."""
    name = f"shift:{close.shift_number}"
    if _sum_changes(documents, place, COUNTED) != close.counted_vnd - close.expected_vnd:
        yield Finding("cash", name, "the difference at its close is not in the cash book")
    stays_vnd = close.counted_vnd if close.stays_vnd is None else close.stays_vnd
    if -_sum_changes(documents, place, {CashCategory.TO_SAFE}) < close.counted_vnd - stays_vnd:
        yield Finding("cash", name, "what did not stay in the drawer is not in the cash book")
