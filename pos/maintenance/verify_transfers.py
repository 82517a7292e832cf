"""maintenance/verify_transfers.py — each đồng that came by bank transfer is in one place, and none is anywhere that did not come."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from ..journal.models import JournalRow
from ..journal.payload import read_payload
from ..journal.record import row_name
from ..payments.models import BankAccount, BankTransfer, PaymentCode, TransferReport
from ..payments.signals import Direction
from ..sales.models import Sale, Tender, TenderKind
from ..sales.money_models import AllocationKind, Taking, TransferAllocation
from ..shifts.models import CashDocument
from .finding import BATCH, Finding

WITHOUT_TRANSFER = (AllocationKind.REFUNDED, AllocationKind.OWED, AllocationKind.LOST)
WAYS: dict[AllocationKind, str] = {AllocationKind.RECEIVED: Direction.IN, AllocationKind.SENT: Direction.OUT}


def check_transfers(session: Session) -> Iterator[Finding]:
    """No transfer is for more than it was of, or went the other way than its use; what has no transfer names none."""
    used = _sum_allocated(TransferAllocation.transfer_number).subquery()
    rows = session.execute(
        select(BankTransfer.number, BankTransfer.amount_vnd, used.c.vnd)
        .join(used, used.c.key == BankTransfer.number)
        .where((used.c.vnd > BankTransfer.amount_vnd) | (used.c.vnd < 0))
    )
    for number, amount, vnd in rows:
        yield Finding(
            "transfer", f"bank_transfer:{number}", f"it is of {amount} đ, and {vnd} đ of it are used"
        )
    of_documents = _sum_allocated(TransferAllocation.document_id).subquery()
    twice = session.execute(
        select(CashDocument.id, CashDocument.amount_vnd, of_documents.c.vnd)
        .join(of_documents, of_documents.c.key == CashDocument.id)
        .where(of_documents.c.vnd > CashDocument.amount_vnd)
    )
    for document_id, amount, vnd in twice:
        yield Finding(
            "transfer", f"cash_document:{document_id}", f"it is of {amount} đ, transfers say {vnd} đ"
        )
    marked = select(TransferReport.id).where(
        TransferReport.transfer_number == BankTransfer.number, TransferReport.is_open.is_(True)
    )
    hidden = select(BankTransfer.number).outerjoin(used, used.c.key == BankTransfer.number).where(
        func.coalesce(used.c.vnd, 0) < BankTransfer.amount_vnd, ~marked.exists()
    )  # fmt: skip
    for number in session.scalars(hidden):
        yield Finding("transfer", f"bank_transfer:{number}", "it belongs to nothing, and no list shows it")
    allocations = session.execute(
        select(TransferAllocation.number, TransferAllocation.kind, BankTransfer.direction).outerjoin(
            BankTransfer, BankTransfer.number == TransferAllocation.transfer_number
        )
    )
    for number, kind, direction in allocations:
        is_alone = kind in WITHOUT_TRANSFER
        if is_alone is not (direction is None) or WAYS.get(AllocationKind(kind), direction) != direction:
            yield Finding("transfer", f"transfer_allocation:{number}", f"{kind} does not fit its transfer")


def _sum_allocated(key: Any, *which: ColumnElement[bool]) -> Select[Any]:
    total = func.sum(TransferAllocation.amount_vnd).label("vnd")
    return select(key.label("key"), total).where(key.is_not(None), *which).group_by(key)


def check_payment_codes(session: Session) -> Iterator[Finding]:
    """Each code that was shown is as the journal says: so much, for that basket, to that account; none is there or gone without it."""
    codes = {row_name(code): (code, number) for code, number in _list_codes(session)}
    acts = select(JournalRow.subject, JournalRow.payload).where(JournalRow.kind == "payment_code_shown")
    for subject, text in session.execute(acts):
        told = read_payload(text)
        name = subject or ""
        found = codes.pop(name, None)
        if found is None:
            yield Finding("transfer", name, "this code was shown and is not there any more")
            continue
        code, number = found
        is_same = (code.purpose, code.amount_vnd, number[-4:]) == (
            told["purpose"],
            told["amount_vnd"],
            told["account"],
        )
        if not is_same or code.basket_id != told.get("basket", code.basket_id):
            yield Finding("transfer", name, "this code was shown for another sum, basket or account")
    yield from (Finding("transfer", name, "nobody has shown this code") for name in codes)


def _list_codes(session: Session) -> Iterator[tuple[PaymentCode, str]]:
    query = select(PaymentCode, BankAccount.number).join(
        BankAccount, BankAccount.id == PaymentCode.account_id
    )
    yield from session.execute(query.execution_options(yield_per=BATCH)).tuples()


def check_transfer_takings(session: Session) -> Iterator[Finding]:
    """What is said to be received by transfer came with one, to the đồng; a claim ends once; what was sent is what was owed."""
    allocated = _sum_allocated(TransferAllocation.taking_number).subquery()
    undone = select(Taking.undoes).where(Taking.undoes.is_not(None))
    rows = session.execute(
        select(Taking, func.coalesce(allocated.c.vnd, 0), Taking.number.in_(undone))
        .outerjoin(allocated, allocated.c.key == Taking.number)
        .where(Taking.kind == TenderKind.TRANSFER)
    )
    for taking, vnd, is_undone in rows:
        name = f"taking:{taking.number}"
        if taking.refund_number is not None:
            is_true = vnd == 0
        elif taking.is_claim:
            is_true = 0 <= vnd <= taking.amount_vnd and not (is_undone and vnd)
        elif taking.amount_vnd < 0:
            is_true = vnd in {0, -taking.amount_vnd}
        else:
            is_true = vnd == taking.amount_vnd
        if not is_true:
            yield Finding("transfer", name, f"it is of {taking.amount_vnd} đ, transfers say {vnd} đ")
    negative = (
        select(TransferAllocation.taking_number)
        .where(TransferAllocation.taking_number.is_not(None))
        .group_by(TransferAllocation.taking_number, TransferAllocation.kind)
        .having(func.sum(TransferAllocation.amount_vnd) < 0)
    )
    for number in session.scalars(negative):
        yield Finding("transfer", f"taking:{number}", "more of it was taken back than it had ended so")


def check_transfer_tenders(session: Session) -> Iterator[Finding]:
    """No sale is paid by a transfer that nobody received; what a refund gives back by transfer is to send back, or lowered a claim."""
    alone = (
        select(Tender.sale_number)
        .join(Sale, Sale.number == Tender.sale_number)
        .where(
            Tender.kind == TenderKind.TRANSFER, Tender.taking_number.is_(None), Sale.refunds.is_(None), Sale.exchange_of.is_(None)
        )
    )  # fmt: skip
    for number in session.scalars(alone):
        yield Finding("transfer", f"sale:{number}", "it was paid by a transfer that nobody received")
    owed = (
        select(Taking.refund_number.label("key"), func.sum(Taking.amount_vnd).label("vnd"))
        .where(Taking.refund_number.is_not(None))
        .group_by(Taking.refund_number)
        .subquery()
    )
    lowered = _sum_allocated(
        TransferAllocation.sale_number, TransferAllocation.kind == AllocationKind.REFUNDED
    ).subquery()
    kept = _sum_kept_in_exchanges().subquery()
    by_transfer = func.sum(case((Tender.kind == TenderKind.TRANSFER, Tender.amount_vnd), else_=0))
    parts = [func.coalesce(func.max(each.c.vnd), 0) for each in (owed, lowered, kept)]
    rows = session.execute(
        select(Sale.number, by_transfer, *parts)
        .join(Tender, Tender.sale_number == Sale.number)
        .outerjoin(owed, owed.c.key == Sale.number)
        .outerjoin(lowered, lowered.c.key == Sale.number)
        .outerjoin(kept, kept.c.key == Sale.number)
        .where(Sale.refunds.is_not(None))
        .group_by(Sale.number)
    )
    for number, back_vnd, *told in rows:
        if -int(back_vnd) != sum(map(int, told)):
            yield Finding("transfer", f"sale:{number}", "what it gives back by transfer stands nowhere")


def _sum_kept_in_exchanges() -> Any:
    """By the refund of an exchange: what of the money that came by transfer pays for the new goods."""
    return (
        select(Sale.exchange_of.label("key"), func.sum(Tender.amount_vnd).label("vnd"))
        .join(Tender, Tender.sale_number == Sale.number)
        .where(
            Sale.exchange_of.is_not(None), Tender.kind == TenderKind.TRANSFER, Tender.taking_number.is_(None)
        )
        .group_by(Sale.exchange_of)
    )
