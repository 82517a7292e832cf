"""settlement/lot_terms.py — wrong or missing terms of a lot, put right by two people: never by an edit."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..identity.second_person import require_second
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.errors import Refused
from ..kernel.inserts import insert_rows
from ..kernel.text import normalize_text
from ..messages.templates import make_lot_terms_changed
from ..messages.write import tell_producer
from ..producers.models import Bearer, Cost, Producer, ProducerTerms
from ..stock.lot_terms import list_lot_terms
from ..stock.models import Lot, LotTerms
from .entries import record_correction, reverse_entry
from .models import EntryKind, ProducerEntry, StatementRow
from .owed import read_account


def find_difference_vnd(session: Session, lot: Lot, terms: ProducerTerms) -> int:
    """How much more (below 0: less) would be owed for all that ever happened to a lot, had it come under these terms.

    0 for a lot that is under none: nothing of it stands on a statement, and all of it will be reckoned by these.
    """
    if not has_terms(session, lot):
        return 0
    frozen = {
        row.source: row for row in session.scalars(select(StatementRow).where(StatementRow.lot_id == lot.id))
    }
    booked = read_account(session, terms.producer_id)
    owed_vnd = sum(row.owed_vnd for row in frozen.values())
    owed_vnd += sum(row.owed_vnd for row in booked.rows if row.lot_id == lot.id)
    meant = read_account(session, terms.producer_id, below=1, as_if=(lot.id, terms.id))
    settled_fees = _list_settled_fees(session, frozen)
    right_vnd = sum(
        row.worth.owed_vnd - (settled_fees.get(row.source, row.fee_vnd) if row.fee_vnd else 0)
        for row in meant.rows
        if row.lot_id == lot.id
    )
    return right_vnd - owed_vnd - _sum_corrections(session, lot)


def _list_settled_fees(session: Session, frozen: Mapping[str, StatementRow]) -> dict[str, int]:
    """What the producer bore of the bank's fees by the statements: a rate that was noted after them is none of theirs."""
    ids = {row.terms_id for row in frozen.values() if row.terms_id}
    bore = {
        id_ for id_ in ids if session.get_one(ProducerTerms, id_).find_bearer(Cost.FEE) is Bearer.PRODUCER
    }
    return {source: row.fee_vnd for source, row in frozen.items() if row.terms_id in bore}


def _sum_corrections(session: Session, lot: Lot) -> int:
    """What earlier changes of the lot's terms have put right already."""
    query = select(func.sum(ProducerEntry.amount_vnd)).where(
        ProducerEntry.lot_id == lot.id, ProducerEntry.kind == EntryKind.TERMS
    )
    return int(session.scalar(query) or 0)


def find_lot_terms(session: Session, lot: Lot) -> ProducerTerms | None:
    """The terms that a lot is under now: its own, or those that were given to it later."""
    terms_id = list_lot_terms(session, [lot.id]).get(lot.id)
    return session.get(ProducerTerms, terms_id) if terms_id else None


def list_term_changes(session: Session, lot: Lot) -> Sequence[LotTerms]:
    """Each time the terms of a lot were put right, the newest first."""
    query = select(LotTerms).where(LotTerms.lot_id == lot.id).order_by(LotTerms.id.desc())
    return session.scalars(query).all()


def list_disputed_corrections(session: Session, lot: Lot) -> Sequence[ProducerEntry]:
    """What answers to disputes about a lot's rows have put right, and was not taken back: perhaps for the same reason."""
    back = select(ProducerEntry.reverses).where(ProducerEntry.reverses.is_not(None))
    query = select(ProducerEntry).where(
        ProducerEntry.lot_id == lot.id, ProducerEntry.kind == EntryKind.CORRECTION,
        ProducerEntry.reverses.is_(None), ProducerEntry.number.not_in(back),
    )  # fmt: skip
    return session.scalars(query.order_by(ProducerEntry.number)).all()


def has_terms(session: Session, lot: Lot) -> bool:
    """Is the lot under any terms, its own or some that were given to it later?"""
    return lot.id in list_lot_terms(session, [lot.id])


def change_lot_terms(
    session: Session,
    lot: Lot,
    terms: ProducerTerms,
    reason: str,
    *,
    approval: Approval,
    by: Actor,
    at: datetime,
    takes_back: bool | None = None,
) -> LotTerms:
    """From now on a lot is under other terms; what is owed for its past is put right by an entry of the producer's account.

    Where disputes about the lot were put right for the same reason the entry would pay a second time: `takes_back` says
    whether those corrections are taken back with it.

    Raises Refused (`terms_of_another`, `terms_same`, `reason_missing`, `corrections_undecided`, `second_person_needed`,
    `second_person_new`), NotAllowed (`manager_needed`).
    """
    require_manager(by, None)
    require_second(session, by, approval)
    if lot.producer_id != terms.producer_id:
        raise Refused.because("terms_of_another")
    if list_lot_terms(session, [lot.id]).get(lot.id) == terms.id:
        raise Refused.because("terms_same")
    if not reason.strip():
        raise Refused.because("reason_missing")
    back_vnd = _take_corrections_back(session, lot, takes_back, reason, approval, by, at)
    entry = None
    if difference_vnd := find_difference_vnd(session, lot, terms):
        entry = record_correction(
            session, session.get_one(Producer, terms.producer_id), difference_vnd, reason, approval=approval, by=by, at=at,
            kind=EntryKind.TERMS, about=f"lot:{lot.id}", lot_id=lot.id,
        )  # fmt: skip
    row = LotTerms(
        lot_id=lot.id, terms_id=terms.id, entry_number=entry.number if entry else None, reason=normalize_text(reason), by_name=by.name,
        approved_by=approval.by.name, at=at,
    )  # fmt: skip
    (row,) = insert_rows(session, [row])
    record(session, "lot_terms_changed", by=by, at=at, subject=lot, seals=[row], amount_vnd=difference_vnd, reason=row.reason,
           **describe_approval(approval))  # fmt: skip
    product = session.get_one(Product, lot.product_id)
    told = make_lot_terms_changed(lot=lot.number, product=product.name, difference_vnd=difference_vnd - back_vnd)  # fmt: skip
    tell_producer(session, terms.producer_id, told, by=by, at=at)
    return row


def _take_corrections_back(
    session: Session,
    lot: Lot,
    takes_back: bool | None,
    reason: str,
    approval: Approval,
    by: Actor,
    at: datetime,
) -> int:
    """What disputes about the lot had put right in all, where it is taken back; else 0. Raises Refused (`corrections_undecided`)."""
    corrections = list_disputed_corrections(session, lot)
    if corrections and takes_back is None:
        raise Refused.because("corrections_undecided")
    if not takes_back:
        return 0
    for entry in corrections:
        reverse_entry(session, entry, reason, approval=approval, by=by, at=at)
    return sum(entry.amount_vnd for entry in corrections)
