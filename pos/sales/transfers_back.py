"""sales/transfers_back.py — goods come back that a bank transfer paid: what nobody has told of lowers the claim, the rest is to send back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..shifts.drawer import find_open_shift
from .models import Sale, Tender, TenderKind
from .money_models import AllocationKind, Taking, TransferAllocation
from .takings import write_taking
from .transfers import allocate, list_claims


def owe_transfer_back(
    session: Session, sale: Sale, returned: Sale, back_vnd: int, *, station: str, by: Actor, at: datetime
) -> None:
    """The transfer's part of a refund: off what is unproved first, which pays nothing out; the rest stands under *to give back*."""
    rows: list[Taking | TransferAllocation] = []
    left_vnd = back_vnd
    for claim, open_vnd in list_claims(session, sale.basket_id) if sale.basket_id is not None else ():
        if part_vnd := min(left_vnd, open_vnd):
            rows.append(
                allocate(
                    session,
                    None,
                    part_vnd,
                    AllocationKind.REFUNDED,
                    taking=claim,
                    sale_number=returned.number,
                    by=by,
                    at=at,
                )
            )
            left_vnd -= part_vnd
    if left_vnd:
        taking = write_taking(
            session, TenderKind.TRANSFER, left_vnd, find_open_shift(session, station), by=by, at=at, basket_id=sale.basket_id,
            is_surplus=True, refund_number=returned.number,
        )  # fmt: skip
        rows.append(taking)
    if rows:
        record(session, "transfer_to_send_back", by=by, at=at, subject=returned, seals=rows, amount_vnd=left_vnd,
               lowered_vnd=back_vnd - left_vnd)  # fmt: skip


def sum_unproved_vnd(session: Session, sale: Sale) -> int:
    """What of a sale was confirmed by hand and no source has told of."""
    if sale.basket_id is None:
        return 0
    by_transfer = select(Tender.n).where(
        Tender.sale_number == sale.number, Tender.kind == TenderKind.TRANSFER
    )
    if session.scalars(by_transfer).first() is None:
        return 0
    return sum(vnd for _claim, vnd in list_claims(session, sale.basket_id))
