"""settlement/match_payouts.py — an outgoing transfer that bears a payout's code is that payout, whoever tells of it first."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import SYSTEM
from ..payments.find_code import CodeFinder
from ..payments.models import BankTransfer, TransferReport
from ..payments.purpose_code import DEFAULT_PREFIX
from ..payments.signals import Direction
from ..sales.claims import allocate, find_left_vnd
from ..sales.money_models import AllocationKind, TransferAllocation
from .entries import find_reversal
from .models import PayoutOrder, ProducerEntry
from .payouts import write_sent

LOOKED_FOR = timedelta(days=60)
SILENT_FOR = timedelta(days=1)  # after that the bank tells of a transfer, if it was sent


def list_unproved_orders(session: Session, at: datetime) -> list[PayoutOrder]:
    """Transfers to producers of the last two months that no account has told of yet: those that were dropped or taken back, too."""
    proved = (
        select(TransferAllocation.number)
        .join(ProducerEntry, ProducerEntry.cash_document_id == TransferAllocation.document_id)
        .where(ProducerEntry.number == PayoutOrder.entry_number)
    )
    query = select(PayoutOrder).where(PayoutOrder.made_at > at - LOOKED_FOR, ~proved.exists())
    return list(session.scalars(query.order_by(PayoutOrder.id)))


def list_untold_payouts(session: Session, at: datetime) -> list[PayoutOrder]:
    """Transfers that somebody wrote down as sent, and of which the bank is silent, although it has told of later ones."""
    newest = session.scalar(select(func.max(TransferReport.received_at)))
    if newest is None:
        return []
    back = select(ProducerEntry.reverses).where(ProducerEntry.reverses.is_not(None))
    entries = select(ProducerEntry.number, ProducerEntry.at).where(
        ProducerEntry.at > at - LOOKED_FOR, ProducerEntry.number.not_in(back)
    )
    written = dict(session.execute(entries).tuples().all())
    return [
        order
        for order in list_unproved_orders(session, at)
        if order.entry_number in written and written[order.entry_number] + SILENT_FOR < newest
    ]


def list_told_payouts(session: Session, at: datetime) -> list[tuple[int, int]]:
    """(order, transfer) of what was told: an outgoing transfer of the very sum that bears the code and belongs to nothing yet."""
    orders = {order.code: order for order in list_unproved_orders(session, at)}
    if not orders:
        return []
    finder = CodeFinder(DEFAULT_PREFIX, orders)
    since = min(order.made_at for order in orders.values()) - timedelta(days=1)
    found: dict[int, int] = {}
    for transfer, text in _list_outgoing(session, since):
        sure = finder.find_sure(text)
        order = orders[sure[0]] if len(sure) == 1 else None
        if order and order.id not in found and order.amount_vnd == find_left_vnd(session, transfer):
            found[order.id] = transfer.number
    return list(found.items())


def _list_outgoing(session: Session, since: datetime) -> Iterator[tuple[BankTransfer, str]]:
    rows = session.execute(
        select(BankTransfer, TransferReport.text)
        .join(TransferReport, TransferReport.transfer_number == BankTransfer.number)
        .where(
            BankTransfer.direction == Direction.OUT,
            TransferReport.is_open.is_(True),
            TransferReport.received_at >= since,
        )
        .order_by(BankTransfer.number)
    )
    yield from rows.tuples()


def settle_payout(
    session: Session, order_id: int, transfer_number: int, at: datetime
) -> ProducerEntry | None:
    """Write the payout down, where nobody did, and allocate the transfer to it; None where that was done meanwhile.

    What the bank tells is true: a transfer that was dropped, or whose entry was taken back, is written down, too.
    """
    order, transfer = session.get(PayoutOrder, order_id), session.get(BankTransfer, transfer_number)
    if order is None or transfer is None or order not in list_unproved_orders(session, at):
        return None
    if find_left_vnd(session, transfer) != order.amount_vnd:
        return None
    if order.entry_number is None or find_reversal(session, order.entry_number) is not None:
        write_sent(session, order, by=SYSTEM, at=at)
    entry = session.get_one(ProducerEntry, order.entry_number)
    row = allocate(
        session,
        transfer,
        order.amount_vnd,
        AllocationKind.DOCUMENT,
        document_id=entry.cash_document_id,
        by=SYSTEM,
        at=at,
    )
    record(session, "transfer_allocated", by=SYSTEM, at=at, subject=transfer, seals=[row], transfer=transfer.number, use="document",
           amount_vnd=order.amount_vnd, cash_document=entry.cash_document_id)  # fmt: skip
    return entry
