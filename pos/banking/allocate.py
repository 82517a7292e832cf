"""banking/allocate.py — a person says what a transfer was for, or that one will never come. Each đồng goes to one place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ..cashbook.write_documents import PAID_FOR, RECEIVED_FOR
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.errors import Refused
from ..kernel.tables import Base
from ..payments.models import BankTransfer, PaymentCode
from ..payments.signals import Direction
from ..producers.models import Producer
from ..sales.basket import get_basket
from ..sales.buyers import get_buyer
from ..sales.claims import (
    allocate,
    find_claimed_sale,
    find_left_vnd,
    find_open_vnd,
    list_lost_claims,
    prove_claims,
)
from ..sales.debts import find_debt
from ..sales.models import TenderKind
from ..sales.money_models import AllocationKind, Taking, TransferAllocation
from ..sales.takings import list_to_give_back, undo_taking, write_taking
from ..sales.transfers import take_for_basket
from ..settlement.entries import write_entry
from ..settlement.models import EntryKind, ProducerEntry
from ..shifts.cash_documents import write_cash_document
from ..shifts.models import BANK, CARD, SAFE, CashCategory, CashDocument
from .queries import list_possible_documents, list_sent_unseen
from .uses import SENT_BY_BANK

INTO_BANK = (*RECEIVED_FOR, CashCategory.TO_BANK, CashCategory.CARD_CREDIT)
OUT_OF_BANK = (*PAID_FOR, CashCategory.FROM_BANK)
_OTHER_PLACE = {CashCategory.TO_BANK: SAFE, CashCategory.FROM_BANK: SAFE, CashCategory.CARD_CREDIT: CARD}


def allocate_to_code(
    session: Session, transfer: BankTransfer, code: PaymentCode, *, by: Actor, at: datetime
) -> None:
    """It was paid for this basket, though its text doesn't say so. Raises Refused (`transfer_used`, `transfer_wrong_way`)."""
    left_vnd = _get_left_vnd(session, transfer, Direction.IN)
    take_for_basket(session, transfer, get_basket(session, code.basket_id), left_vnd, by=by, at=at)
    _record(session, transfer, "received", left_vnd, [], by=by, at=at)


def allocate_to_claim(
    session: Session, transfer: BankTransfer, claim: Taking, *, by: Actor, at: datetime
) -> None:
    """It is what somebody confirmed by hand. Raises Refused (`claim_ended`, `transfer_used`, `transfer_wrong_way`)."""
    left_vnd = _get_left_vnd(session, transfer, Direction.IN)
    open_vnd = find_open_vnd(session, claim)
    rows: list[Taking | TransferAllocation]
    if open_vnd:
        rows = [allocate(session, transfer, min(left_vnd, open_vnd), taking=claim, by=by, at=at)]
    elif claim.basket_id is not None and claim in dict(list_lost_claims(session)):  # it came after all
        rows = prove_claims(session, transfer, claim.basket_id, left_vnd, by=by, at=at)
    else:
        raise Refused.because("claim_ended")
    part_vnd = sum(
        row.amount_vnd for row in rows if isinstance(row, TransferAllocation) and row.transfer_number
    )
    _record(session, transfer, "received", part_vnd, rows, by=by, at=at)


def allocate_to_debt(
    session: Session, transfer: BankTransfer, sale_number: int, *, by: Actor, at: datetime
) -> Taking:
    """A buyer on account paid by it, as far as it goes. Raises Refused (`debt_missing`, `transfer_used`, `transfer_wrong_way`)."""
    left_vnd = _get_left_vnd(session, transfer, Direction.IN)
    debt = find_debt(session, sale_number)
    if debt is None or not debt.open_vnd:
        raise Refused.because("debt_missing")
    part_vnd = min(left_vnd, debt.open_vnd)
    taking = write_taking(session, TenderKind.TRANSFER, part_vnd, None, by=by, at=at, debt_of=sale_number, reference=transfer.reference)  # fmt: skip
    row = allocate(session, transfer, part_vnd, taking=taking, by=by, at=at)
    _record(session, transfer, "debt", part_vnd, [taking, row], by=by, at=at, sale=sale_number)
    return taking


def allocate_as_surplus(session: Session, transfer: BankTransfer, *, by: Actor, at: datetime) -> Taking:
    """Nobody knows what it was for, or it came by mistake: it is to give back. Raises Refused (`transfer_used`, `transfer_wrong_way`)."""
    left_vnd = _get_left_vnd(session, transfer, Direction.IN)
    taking = write_taking(session, TenderKind.TRANSFER, left_vnd, None, by=by, at=at, is_surplus=True, reference=transfer.reference)  # fmt: skip
    row = allocate(session, transfer, left_vnd, taking=taking, by=by, at=at)
    _record(session, transfer, "surplus", left_vnd, [taking, row], by=by, at=at)
    return taking


def allocate_to_new_document(
    session: Session,
    transfer: BankTransfer,
    category: CashCategory,
    reason: str,
    fee_vnd: int = 0,
    *,
    by: Actor,
    at: datetime,
) -> CashDocument:
    """It is a receipt, a payment or an own move of the cash book. `fee_vnd`: what the bank kept of a collective card credit.

    Raises Refused (`category_odd`, `amount_odd`, `transfer_used`).
    """
    is_in = transfer.direction == Direction.IN
    left_vnd = _get_left_vnd(session, transfer, Direction(transfer.direction))
    if category not in (INTO_BANK if is_in else OUT_OF_BANK):
        raise Refused.because("category_odd")
    if fee_vnd < 0 or (fee_vnd and category is not CashCategory.CARD_CREDIT):
        raise Refused.because("amount_odd")
    other = _OTHER_PLACE.get(category)
    from_place, to_place = (other, BANK) if is_in else (BANK, other)
    document = write_cash_document(
        session,
        left_vnd + fee_vnd,
        category,
        from_place=from_place,
        to_place=to_place,
        reason=reason,
        by=by,
        at=at,
    )
    rows: list[Base] = [document]
    if fee_vnd:
        fee = CashCategory.CARD_FEE
        rows.append(write_cash_document(session, fee_vnd, fee, from_place=BANK, to_place=None, reason=reason, by=by, at=at))  # fmt: skip
    rows.append(
        allocate(session, transfer, left_vnd, AllocationKind.DOCUMENT, document_id=document.id, by=by, at=at)
    )
    _record(session, transfer, "document", left_vnd, rows, by=by, at=at, cash_document=document.id)
    return document


def allocate_to_producer(
    session: Session, transfer: BankTransfer, producer: Producer, reason: str, *, by: Actor, at: datetime
) -> ProducerEntry:
    """A producer was paid by it, and nobody had begun that here: it leaves the cash book's bank account and the producer's.

    However much it is: the money has left. Raises Refused (`transfer_used`, `transfer_wrong_way`).
    """
    left_vnd = _get_left_vnd(session, transfer, Direction.OUT)
    document = write_cash_document(
        session, left_vnd, CashCategory.PRODUCER, from_place=BANK, to_place=None, reason=reason or producer.name, by=by, at=at
    )  # fmt: skip
    entry = write_entry(
        session, producer, EntryKind.TRANSFER, -left_vnd, reason or producer.name, by=by, at=at, cash_document_id=document.id
    )  # fmt: skip
    row = allocate(
        session, transfer, left_vnd, AllocationKind.DOCUMENT, document_id=document.id, by=by, at=at
    )
    _record(session, transfer, "document", left_vnd, [document, row], by=by, at=at, cash_document=document.id)
    return entry


def allocate_to_document(
    session: Session, transfer: BankTransfer, document: CashDocument, *, by: Actor, at: datetime
) -> None:
    """It is what this document of the cash book says already. Raises Refused (`document_other_sum`, `document_used`, `transfer_used`)."""
    left_vnd = _get_left_vnd(session, transfer, Direction(transfer.direction))
    place = document.to_place if transfer.direction == Direction.IN else document.from_place
    if document.amount_vnd != left_vnd or place != BANK:
        raise Refused.because("document_other_sum")
    if document not in list_possible_documents(session, transfer, most=None):
        raise Refused.because("document_used")
    row = allocate(
        session, transfer, left_vnd, AllocationKind.DOCUMENT, document_id=document.id, by=by, at=at
    )
    _record(session, transfer, "document", left_vnd, [row], by=by, at=at, cash_document=document.id)


def allocate_to_giving_back(
    session: Session, transfer: BankTransfer, taking: Taking, *, by: Actor, at: datetime
) -> None:
    """The shop sent back with it what it owed a buyer: as was noted before, or now. Raises Refused (`document_other_sum`, `transfer_used`)."""
    left_vnd = _get_left_vnd(session, transfer, Direction.OUT)
    is_transfer = taking.kind == TenderKind.TRANSFER
    if not is_transfer or abs(taking.amount_vnd) > left_vnd:  # one transfer may carry several
        raise Refused.because("document_other_sum")
    if taking.amount_vnd > 0 and taking in list_to_give_back(session):
        taking = undo_taking(
            session, taking, SENT_BY_BANK, station="", by=by, at=at, approval=None, is_looked_up=True
        )
    elif taking not in list_sent_unseen(session):
        raise Refused.because("document_other_sum")
    part_vnd = -taking.amount_vnd
    row = allocate(session, transfer, part_vnd, AllocationKind.SENT, taking=taking, by=by, at=at)
    _record(session, transfer, "sent", part_vnd, [row], by=by, at=at)


def end_claim(
    session: Session,
    claim: Taking,
    reason: str,
    *,
    buyer_id: int | None = None,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> TransferAllocation:
    """What was confirmed by hand never came: this buyer owes it from this day on, or (None) it is a loss of this day. With a manager's word.

    Raises Refused (`claim_ended`, `reason_missing`), NotFound (`buyer_missing`), NotAllowed (`manager_needed`).
    """
    require_manager(by, approval)
    open_vnd = find_open_vnd(session, claim)
    if not open_vnd:
        raise Refused.because("claim_ended")
    if not reason.strip():
        raise Refused.because("reason_missing")
    kind, owed = AllocationKind.LOST, {}
    if buyer_id is not None:
        kind, owed = AllocationKind.OWED, _describe_debt(session, claim, buyer_id)
    row = allocate(session, None, open_vnd, kind, taking=claim, reason=reason, by=by, at=at, approval=approval, **owed)  # fmt: skip
    record(session, "transfer_claim_ended", by=by, at=at, subject=claim, seals=[row], amount_vnd=open_vnd, use=row.kind,
           reason=row.reason, **describe_approval(approval))  # fmt: skip
    return row


def _describe_debt(session: Session, claim: Taking, buyer_id: int) -> dict[str, Any]:
    """The sale that the claim paid, on this buyer's account. A claim pays all that is due, and ends once: nobody else owes for it."""
    return {"sale_number": find_claimed_sale(session, claim), "buyer_id": get_buyer(session, buyer_id).id}


def _get_left_vnd(session: Session, transfer: BankTransfer, direction: Direction) -> int:
    if transfer.direction != direction:
        raise Refused.because("transfer_wrong_way")
    left_vnd = find_left_vnd(session, transfer)
    if left_vnd <= 0:
        raise Refused.because("transfer_used")
    return left_vnd


def _record(
    session: Session, transfer: BankTransfer, use: str, amount_vnd: int, rows: Sequence[Base], *, by: Actor, at: datetime, **more: Any
) -> None:  # fmt: skip
    record(session, "transfer_allocated", by=by, at=at, subject=transfer, seals=rows, transfer=transfer.number, use=use,
           amount_vnd=amount_vnd, **more)  # fmt: skip
