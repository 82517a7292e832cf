"""shifts/cash_documents.py — write a numbered document of the cash book, and what it says of who was paid.

It stands in this room because opening, moving and closing write such documents; whoever manages writes them in `cashbook/`.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..files.models import StoredFile
from ..kernel.actor import Actor, Approval
from ..kernel.clock import business_day
from ..kernel.tables import Number, get_row, next_number
from ..kernel.text import normalize_text
from .models import (
    BANK,
    CARD,
    DRAWER,
    SAFE,
    CashCategory,
    CashDocument,
    CashDocumentKind,
    CashDocumentNote,
    DrawerMove,
)

SERIES_OF: dict[CashDocumentKind, Number] = {
    CashDocumentKind.RECEIPT: CashDocument.receipt_number,
    CashDocumentKind.PAYMENT: CashDocument.payment_number,
    CashDocumentKind.MOVE: CashDocument.transfer_number,
    CashDocumentKind.OPENING: CashDocument.opening_number,
}
# What people choose by hand: a producer is paid on the pages of settlement, so that it stands in their account as well.
RECEIPT_CATEGORIES = (CashCategory.OTHER_INCOME, CashCategory.OWNER_IN)
PAYMENT_CATEGORIES = (
    CashCategory.OTHER_COST, CashCategory.SUPPLIES, CashCategory.TRANSPORT, CashCategory.WAGES, CashCategory.RENT,
    CashCategory.OWNER_OUT,
)  # fmt: skip
FROM_SAFE_OR_OUTSIDE = (*RECEIPT_CATEGORIES, CashCategory.FLOAT)  # what cash put into a drawer can be
TO_SAFE_OR_OUTSIDE = (*PAYMENT_CATEGORIES, CashCategory.TO_SAFE, CashCategory.TO_BANK)
OTHER_PLACE = {CashCategory.FLOAT: SAFE, CashCategory.TO_SAFE: SAFE, CashCategory.TO_BANK: BANK}
MOST_PERSONS = 30


def write_cash_document(
    session: Session,
    amount_vnd: int,
    category: CashCategory,
    *,
    from_place: str | None,
    to_place: str | None,
    by: Actor,
    at: datetime,
    reason: str = "",
    shift_number: int | None = None,
    move: DrawerMove | None = None,
    approval: Approval | None = None,
) -> CashDocument:
    """The next document of its kind. Whoever calls it seals it with the act that it belongs to."""
    kind = find_kind(category, from_place, to_place)
    series = SERIES_OF[kind]
    document = CashDocument(
        kind=kind.value, amount_vnd=amount_vnd, from_place=from_place, to_place=to_place, category=category.value,
        reason=normalize_text(reason), shift_number=shift_number, drawer_move_id=move.id if move else None, at=at,
        business_day=business_day(at), by_name=by.name, approved_by=approval.by.name if approval else None,
    )  # fmt: skip
    setattr(document, series.key, next_number(session, series))
    session.add(document)
    session.flush()
    return document


def find_kind(category: CashCategory, from_place: str | None, to_place: str | None) -> CashDocumentKind:
    if category is CashCategory.OPENING:
        return CashDocumentKind.OPENING
    if from_place is None:
        return CashDocumentKind.RECEIPT
    return CashDocumentKind.PAYMENT if to_place is None else CashDocumentKind.MOVE


def find_move_category(from_place: str, to_place: str) -> CashCategory:
    """What a move between two places of the shop's is called."""
    if from_place == CARD and to_place == BANK:
        return CashCategory.CARD_CREDIT
    if to_place == BANK:
        return CashCategory.TO_BANK
    if from_place == BANK:
        return CashCategory.FROM_BANK
    if from_place.startswith(DRAWER) and to_place == SAFE:
        return CashCategory.TO_SAFE
    if from_place == SAFE and to_place.startswith(DRAWER):
        return CashCategory.FLOAT
    return CashCategory.OTHER_MOVE


def write_difference(
    session: Session,
    place: str,
    difference_vnd: int,
    categories: tuple[CashCategory, CashCategory],
    *,
    by: Actor,
    at: datetime,
    shift_number: int,
    move: DrawerMove | None = None,
) -> list[CashDocument]:
    """The document of what was counted over (the first category) or short (the second); none where it is exact."""
    if not difference_vnd:
        return []
    over, short = categories
    is_over = difference_vnd > 0
    return [
        write_cash_document(
            session, abs(difference_vnd), over if is_over else short, from_place=None if is_over else place,
            to_place=place if is_over else None, by=by, at=at, shift_number=shift_number, move=move,
        )
    ]  # fmt: skip


def get_cash_document(session: Session, document_id: int) -> CashDocument:
    return get_row(session, CashDocument, document_id, "cash_document_not_found")


def find_cash_note(session: Session, document: CashDocument) -> CashDocumentNote | None:
    return session.get(CashDocumentNote, document.id)


def note_cash_document(
    session: Session, document: CashDocument, person: str, photo: StoredFile | None = None
) -> None:
    """Write down, change or erase who paid or was paid and the picture of their paper. No journal row: it must be forgettable."""
    person = normalize_text(person)
    note = find_cash_note(session, document)
    if note is not None and not person and photo is None:
        session.delete(note)
    elif note is not None:
        note.person, note.photo_id = person, photo.id if photo else None
    elif person or photo is not None:
        session.add(
            CashDocumentNote(document_id=document.id, person=person, photo_id=photo.id if photo else None)
        )
    session.flush()


def list_noted_persons(session: Session) -> Sequence[str]:
    """Those who paid or were paid, each once, the newest first: to choose from."""
    newest = func.max(CashDocumentNote.document_id)
    named = select(CashDocumentNote.person).where(CashDocumentNote.person != "")
    return session.scalars(
        named.group_by(CashDocumentNote.person).order_by(newest.desc()).limit(MOST_PERSONS)
    ).all()
