"""sales/transfers_back.py — goods come back that a bank transfer paid: what no money came for is lowered, the rest is to send back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..payments.models import TransferReport
from ..shifts.drawer import find_open_shift
from .claims import lower_claims
from .models import Sale, TenderKind
from .money_models import AllocationKind, Taking, TransferAllocation
from .takings import write_taking


def owe_transfer_back(
    session: Session, sale: Sale, returned: Sale, back_vnd: int, *, station: str, by: Actor, at: datetime
) -> None:
    """The transfer's part of a refund: off what no money came for first, which pays nothing out; the rest stands under *to give back*."""
    if not back_vnd:
        return
    rows = lower_claims(session, sale, returned, back_vnd, by=by, at=at)
    lowered_vnd = sum(
        row.amount_vnd
        for row in rows
        if isinstance(row, TransferAllocation) and row.kind == AllocationKind.REFUNDED
    )
    if left_vnd := back_vnd - lowered_vnd:
        taking = write_taking(
            session, TenderKind.TRANSFER, left_vnd, find_open_shift(session, station), by=by, at=at, basket_id=sale.basket_id,
            is_surplus=True, refund_number=returned.number,
        )  # fmt: skip
        rows.append(taking)
    record(session, "transfer_to_send_back", by=by, at=at, subject=returned, seals=rows, amount_vnd=left_vnd, lowered_vnd=lowered_vnd)  # fmt: skip


def find_receipts(session: Session, takings: Sequence[Taking]) -> dict[int, int]:
    """By the taking's number the receipt of the sale that its basket became."""
    baskets = {taking.basket_id for taking in takings}
    query = select(Sale.basket_id, Sale.number).where(Sale.basket_id.in_(baskets), Sale.refunds.is_(None))
    sales = dict(session.execute(query).tuples().all())
    return {taking.number: sales[taking.basket_id] for taking in takings if taking.basket_id in sales}


@dataclass(frozen=True, slots=True)
class Payer:
    """Who paid, as a source told it; erased with the source's text."""

    name: str
    account: str


def find_payers(session: Session, takings: Iterable[Taking]) -> dict[int, Payer]:
    """By the taking's number who sent the money that is to give back, where a source said so. Of a refund: who paid its sale."""
    payers: dict[int, Payer] = {}
    for taking in takings:
        query = (
            select(TransferReport.payer_name, TransferReport.payer_account)
            .join(TransferAllocation, TransferAllocation.transfer_number == TransferReport.transfer_number)
            .join(Taking, Taking.number == TransferAllocation.taking_number)
            .where((TransferReport.payer_name != "") | (TransferReport.payer_account != ""))
            .order_by(TransferReport.id)
        )
        mine = Taking.number == taking.number
        if taking.refund_number is not None:
            mine = Taking.basket_id == taking.basket_id
        if (found := session.execute(query.where(mine).limit(1)).first()) is not None:
            payers[taking.number] = Payer(*found)
    return payers
