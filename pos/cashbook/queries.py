"""cashbook/queries.py — the cash book as a reading: balances at any moment, and the entries of a span of days.

An entry is a document, or what a shift sold and gave back for cash (or by card) between two documents: one row that leads
to its shift; or what a day's bank transfers brought and sent back: what nobody has proved is not on the account. A drawer's book begins with its opening; documents before it are not of that drawer's book.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import CompoundSelect, Select, case, func, or_, select, union_all
from sqlalchemy.orm import Session

from ..kernel.clock import day_end, day_start
from ..payments.models import BankTransfer
from ..sales.models import Sale, Tender, TenderKind
from ..sales.money_models import AllocationKind, Taking, TenderCorrection, TransferAllocation
from ..shifts.cash_balances import (
    find_drawer_balance_vnd,
    find_opening,
    list_drawer_openings,
    sum_documents_vnd,
)
from ..shifts.models import (
    BANK,
    CARD,
    DRAWER,
    SAFE,
    CashDocument,
    CashDocumentNote,
    DrawerMove,
    Shift,
    ShiftClose,
)

# categories of entries that are no documents
TAKINGS, CARD_TAKINGS, TRANSFERS = "takings", "card_takings", "transfers"
_FIRST = select(func.min(CashDocument.at))


@dataclass(frozen=True, slots=True)
class CashBookFilter:
    """The first and the last day; the place and the category, "" for all."""

    first: date
    last: date
    place: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class CashEntry:
    """A row of the book. `document`: None for what a shift took, `count` times. `balance_vnd`: after it, in the places shown.

    `moved_vnd`: what went from one place that is shown to another, and neither came in nor went out.
    """

    at: datetime
    category: str
    in_vnd: int
    out_vnd: int
    document: CashDocument | None = None
    place: str = ""
    person: str = ""
    shift_number: int | None = None
    count: int = 0
    order: tuple[int, int] = (0, 0)
    balance_vnd: int = 0
    moved_vnd: int = 0


@dataclass(frozen=True, slots=True)
class CashBook:
    """`entries` are those of the filter's category; the sums are of all."""

    entries: Sequence[CashEntry]
    opening_vnd: int
    in_vnd: int
    out_vnd: int

    @property
    def closing_vnd(self) -> int:
        return self.opening_vnd + self.in_vnd - self.out_vnd


def list_places(session: Session) -> list[str]:
    """Drawers whose book has begun, then safe, bank account, and the card takings that are under way."""
    drawers = [opening.to_place or "" for opening in list_drawer_openings(session)]
    return [*drawers, SAFE, BANK, CARD]


def read_balance_vnd(session: Session, place: str, before: datetime | None = None) -> int:
    """What the book has in a place, now or before a moment; 0 for a drawer whose book hasn't begun."""
    if place.startswith(DRAWER):
        return find_drawer_balance_vnd(session, place.removeprefix(DRAWER), before) or 0
    earlier = [CashDocument.at < before] if before is not None else []
    balance_vnd = sum_documents_vnd(session, place, *earlier)
    if place in {CARD, BANK} and (since := session.scalar(_FIRST)) is not None:
        select_moves = _select_card_moves if place == CARD else _select_transfers
        moves = select_moves(session, since, before).subquery()
        balance_vnd += int(session.scalar(select(func.sum(moves.c.amount_vnd))) or 0)
    return balance_vnd


def list_balances(session: Session) -> dict[str, int]:
    """By place what the book has in it now."""
    return {place: read_balance_vnd(session, place) for place in list_places(session)}


def list_untold_openings(session: Session) -> list[str]:
    """Of safe and bank account those whose opening balance was never entered."""
    return [place for place in (SAFE, BANK) if find_opening(session, place) is None]


def read_cash_book(session: Session, asked: CashBookFilter) -> CashBook:
    """The entries of these days in the places asked for, with what was there before and after."""
    start, end = day_start(asked.first), day_end(asked.last)
    places = [place for place in list_places(session) if asked.place in {"", place}]
    began = {opening.to_place: opening for opening in list_drawer_openings(session)}
    found = [*_list_documents(session, places, began, start, end)]
    for place in places:
        if place.startswith(DRAWER):
            found += _list_takings(session, began[place], start, end)
    if CARD in places:
        found += _list_card_takings(session, start, end)
    if BANK in places:
        found += _list_transfers(session, start, end)
    found.sort(key=lambda entry: (entry.at, *entry.order))
    opening_vnd = sum(read_balance_vnd(session, place, start) for place in places)
    after = accumulate((entry.in_vnd - entry.out_vnd for entry in found), initial=opening_vnd)
    next(after)
    entries = [replace(entry, balance_vnd=balance) for entry, balance in zip(found, after, strict=True)]
    return CashBook(
        [entry for entry in entries if asked.category in {"", entry.category}],
        opening_vnd, sum(entry.in_vnd for entry in found), sum(entry.out_vnd for entry in found),
    )  # fmt: skip


def _list_documents(
    session: Session, places: Sequence[str], began: Mapping[str | None, CashDocument], start: datetime, end: datetime
) -> Iterator[CashEntry]:  # fmt: skip
    rows = session.execute(
        select(CashDocument, CashDocumentNote.person)
        .outerjoin(CashDocumentNote, CashDocumentNote.document_id == CashDocument.id)
        .where(
            CashDocument.at >= start,
            CashDocument.at < end,
            CashDocument.from_place.in_(places) | CashDocument.to_place.in_(places),
        )
        .order_by(CashDocument.id)
    )
    for document, person in rows:

        def is_shown(place: str | None, number: int = document.id) -> bool:
            return place in places and (place not in began or number >= began[place].id)

        in_vnd = document.amount_vnd if is_shown(document.to_place) else 0
        out_vnd = document.amount_vnd if is_shown(document.from_place) else 0
        if in_vnd or out_vnd or not document.amount_vnd:
            moved_vnd = min(in_vnd, out_vnd)
            yield CashEntry(
                document.at, document.category, in_vnd - moved_vnd, out_vnd - moved_vnd, document=document,
                person=person or "", shift_number=document.shift_number, order=_find_order(document), moved_vnd=moved_vnd,
            )  # fmt: skip


def _find_order(document: CashDocument) -> tuple[int, int]:
    """Among entries of one moment: what opens a shift, then the drawer's moves as they were, then the rest."""
    if document.drawer_move_id is not None:
        return 1, document.drawer_move_id
    return (0 if document.category in {"opening", "float_over", "float_short"} else 2), document.id


def _list_takings(
    session: Session, opening: CashDocument, start: datetime, end: datetime
) -> Iterator[CashEntry]:
    """What the drawer's shifts took and gave back for cash, a row from one document to the next."""
    segment = func.max(case((CashDocument.id.is_not(None), DrawerMove.id))).over(
        partition_by=DrawerMove.shift_number, order_by=DrawerMove.id
    )
    place = opening.to_place or ""
    shifts = (
        select(Shift.number)
        .outerjoin(ShiftClose, ShiftClose.shift_number == Shift.number)
        .where(
            Shift.station == place.removeprefix(DRAWER), Shift.number >= opening.shift_number, Shift.opened_at < end,
            or_(ShiftClose.closed_at.is_(None), ShiftClose.closed_at >= start),
        )
    )  # fmt: skip
    moves = (
        select(
            DrawerMove.id, DrawerMove.shift_number, DrawerMove.at, DrawerMove.amount_vnd,
            CashDocument.id.label("document_id"), segment.label("segment"),
        )
        .outerjoin(CashDocument, CashDocument.drawer_move_id == DrawerMove.id)
        .where(
            DrawerMove.shift_number.in_(session.scalars(shifts).all()), DrawerMove.at >= start, DrawerMove.at < end
        )
        .subquery()
    )  # fmt: skip
    amount = moves.c.amount_vnd
    rows = session.execute(
        _select_in_and_out(moves.c.at, moves.c.id, amount, moves.c.shift_number)
        .where(moves.c.document_id.is_(None))
        .group_by(moves.c.shift_number, moves.c.segment)
    )
    for at, last_id, in_vnd, out_vnd, count, shift_number in rows:
        yield CashEntry(
            at, TAKINGS, int(in_vnd), int(out_vnd), place=place, shift_number=shift_number, count=count, order=(1, last_id)
        )  # fmt: skip


def _list_card_takings(session: Session, start: datetime, end: datetime) -> Iterator[CashEntry]:
    """What shifts took and gave back by card, a row a shift."""
    since = session.scalar(_FIRST)
    if since is None:
        return
    moves = _select_card_moves(session, max(start, since), end).subquery()
    rows = session.execute(
        _select_in_and_out(moves.c.at, moves.c.number, moves.c.amount_vnd, moves.c.shift_number).group_by(
            moves.c.shift_number
        )
    )
    for at, last_id, in_vnd, out_vnd, count, shift_number in rows:
        yield CashEntry(
            at, CARD_TAKINGS, int(in_vnd), int(out_vnd), place=CARD, shift_number=shift_number, count=count, order=(1, last_id)
        )  # fmt: skip


def _list_transfers(session: Session, start: datetime, end: datetime) -> Iterator[CashEntry]:
    """What bank transfers brought for sales, debts and nothing yet, and sent back to buyers: a row a day."""
    since = session.scalar(_FIRST)
    if since is None:
        return
    moves = _select_transfers(session, max(start, since), end).subquery()
    rows = session.execute(
        _select_in_and_out(moves.c.at, moves.c.number, moves.c.amount_vnd, moves.c.business_day).group_by(
            moves.c.business_day
        )
    )
    for at, last_id, in_vnd, out_vnd, count, _day in rows:
        yield CashEntry(
            at, TRANSFERS, int(in_vnd), int(out_vnd), place=BANK, count=count, order=(1, last_id)
        )  # fmt: skip


def _select_transfers(session: Session, since: datetime, before: datetime | None) -> Select[Any]:
    """What transfers were for but documents, which stand for themselves. A transfer of before the bank's opening is in that; one of
    which the day alone is known is not, if it came on the opening's day.
    """
    amount = case(
        (TransferAllocation.kind == AllocationKind.SENT, -TransferAllocation.amount_vnd),
        else_=TransferAllocation.amount_vnd,
    )
    query = (
        select(
            TransferAllocation.at, TransferAllocation.number, TransferAllocation.business_day, amount.label("amount_vnd")
        )
        .join(BankTransfer, BankTransfer.number == TransferAllocation.transfer_number)
        .where(
            TransferAllocation.kind.in_((AllocationKind.RECEIVED, AllocationKind.SENT)), TransferAllocation.at >= since
        )
    )  # fmt: skip
    if (opening := find_opening(session, BANK)) is not None:
        began_on = day_start(opening.business_day)
        query = query.where(
            or_(BankTransfer.at >= opening.at, BankTransfer.is_day_only & (BankTransfer.at >= began_on))
        )
    return query.where(TransferAllocation.at < before) if before is not None else query


def _select_card_moves(_session: Session, since: datetime, before: datetime | None) -> CompoundSelect[Any]:
    """What cards paid: sales (but for what was received before them), money received without a sale, corrected tenders."""
    corrected = case(
        (TenderCorrection.to_kind == TenderKind.CARD, TenderCorrection.amount_vnd),
        else_=-TenderCorrection.amount_vnd,
    )
    parts = (
        (
            select(Sale.at, Sale.number, Sale.shift_number, Tender.amount_vnd.label("amount_vnd"))
            .join(Tender, Tender.sale_number == Sale.number)
            .where(Tender.kind == TenderKind.CARD, Tender.taking_number.is_(None)),
            Sale.at,
        ),
        (
            select(Taking.at, Taking.number, Taking.shift_number, Taking.amount_vnd).where(Taking.kind == TenderKind.CARD),
            Taking.at,
        ),
        (
            select(TenderCorrection.at, TenderCorrection.number, TenderCorrection.shift_number, corrected),
            TenderCorrection.at,
        ),
    )  # fmt: skip
    spans = [query.where(at >= since, *([at < before] if before is not None else [])) for query, at in parts]
    return union_all(*spans)


def _select_in_and_out(at: Any, key: Any, amount: Any, shift_number: Any) -> Select[Any]:
    columns: tuple[Any, ...] = (
        func.max(at), func.max(key), func.sum(case((amount > 0, amount), else_=0)),
        func.sum(case((amount < 0, -amount), else_=0)), func.count(), shift_number,
    )  # fmt: skip
    return select(*columns)
