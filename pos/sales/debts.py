"""sales/debts.py — what buyers owe: each sale's own debt, lowered by what comes back and by what is paid.

It went on account with the sale; or a transfer that somebody had confirmed by hand never came, and the buyer owes it since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import Session

from .models import Sale, Tender, TenderKind
from .money_models import AllocationKind, Buyer, Taking, TransferAllocation

WRITTEN_OFF = "written_off"


@dataclass(frozen=True, slots=True)
class Debt:
    """What is still owed for one sale, in đồng."""

    sale: Sale
    buyer: Buyer
    sold_vnd: int
    paid_vnd: int
    open_vnd: int


def _sum_on_account(buyer_id: int | None) -> Any:
    """By the sale: what is on account, less what came back of it; and whose account it is, one buyer's or anybody's."""
    sold = func.coalesce(Sale.refunds, Sale.number)
    by_tender = (
        select(sold.label("number"), Tender.buyer_id, Tender.amount_vnd)
        .join(Sale, Sale.number == Tender.sale_number)
        .where(Tender.kind == TenderKind.ACCOUNT, _is_of(Tender.buyer_id, buyer_id))
    )
    owed_since = select(
        TransferAllocation.sale_number, TransferAllocation.buyer_id, TransferAllocation.amount_vnd
    ).where(TransferAllocation.kind == AllocationKind.OWED, _is_of(TransferAllocation.buyer_id, buyer_id))
    parts = union_all(by_tender, owed_since).subquery()
    return select(
        parts.c.number,
        func.max(parts.c.buyer_id).label("buyer_id"),
        func.sum(parts.c.amount_vnd).label("vnd"),
    ).group_by(parts.c.number)


def _is_of(column: Any, buyer_id: int | None) -> ColumnElement[bool]:
    known: ColumnElement[bool] = column.is_not(None) if buyer_id is None else column == buyer_id
    return known


def list_debts(session: Session, buyer_id: int | None = None, *, is_open: bool = True) -> list[Debt]:
    """The sales on account, the oldest first; `is_open`: only those for which something is owed."""
    on_account = _sum_on_account(buyer_id).subquery()
    paid = (
        select(Taking.debt_of.label("number"), func.sum(Taking.amount_vnd).label("vnd"))
        .where(Taking.debt_of.is_not(None))
        .group_by(Taking.debt_of)
        .subquery()
    )
    rows = session.execute(
        select(Sale, Buyer, on_account.c.vnd, func.coalesce(paid.c.vnd, 0))
        .join(on_account, on_account.c.number == Sale.number)
        .join(Buyer, Buyer.id == on_account.c.buyer_id)
        .outerjoin(paid, paid.c.number == Sale.number)
        .order_by(Sale.number)
    )
    debts = [
        Debt(sale, buyer, int(sold), int(paid_vnd), max(0, int(sold) - int(paid_vnd)))
        for sale, buyer, sold, paid_vnd in rows
    ]
    return [debt for debt in debts if debt.open_vnd or not is_open]


def find_debt(session: Session, sale_number: int) -> Debt | None:
    """What is owed for one sale; None where nothing of it is or was on account."""
    buyer_id = find_debtor(session, sale_number)
    debts = list_debts(session, buyer_id, is_open=False) if buyer_id is not None else []
    return next((debt for debt in debts if debt.sale.number == sale_number), None)


def find_debtor(session: Session, sale_number: int) -> int | None:
    """Whose account a sale is on, wholly or in part."""
    by_tender = select(Tender.buyer_id).where(
        Tender.sale_number == sale_number, Tender.kind == TenderKind.ACCOUNT
    )
    owed_since = select(TransferAllocation.buyer_id).where(
        TransferAllocation.sale_number == sale_number, TransferAllocation.kind == AllocationKind.OWED
    )
    return session.scalar(by_tender) or session.scalar(owed_since.limit(1))


def sum_written_off(session: Session, sale_number: int) -> int:
    """What of a sale's debt was let go, in đồng."""
    query = select(func.sum(Taking.amount_vnd)).where(
        Taking.debt_of == sale_number, Taking.kind == WRITTEN_OFF
    )
    return int(session.scalar(query) or 0)


def sum_owed(session: Session, buyer_id: int) -> int:
    return sum(debt.open_vnd for debt in list_debts(session, buyer_id))


def sum_owed_by_buyer(session: Session) -> dict[int, int]:
    """What each buyer owes, by the buyer's row; those who owe nothing are left out."""
    owed: dict[int, int] = {}
    for debt in list_debts(session):
        owed[debt.buyer.id] = owed.get(debt.buyer.id, 0) + debt.open_vnd
    return owed


def list_debt_payments(session: Session, sale_number: int) -> Sequence[Taking]:
    query = select(Taking).where(Taking.debt_of == sale_number)
    return session.scalars(query.order_by(Taking.number)).all()
