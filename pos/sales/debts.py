"""sales/debts.py — what buyers owe for sales on account: each sale's own debt, lowered by what comes back and by what is paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from .models import Sale, Tender, TenderKind
from .money_models import Buyer, Taking

WRITTEN_OFF = "written_off"


@dataclass(frozen=True, slots=True)
class Debt:
    """What is still owed for one sale, in đồng."""

    sale: Sale
    buyer: Buyer
    sold_vnd: int
    paid_vnd: int
    open_vnd: int


def _sum_on_account(which: ColumnElement[bool]) -> Any:
    """By the sale: what went on account, less what came back of it; and whose account it is."""
    sold = func.coalesce(Sale.refunds, Sale.number)
    return (
        select(sold.label("number"), func.max(Tender.buyer_id).label("buyer_id"), func.sum(Tender.amount_vnd).label("vnd"))
        .join(Sale, Sale.number == Tender.sale_number)
        .where(Tender.kind == TenderKind.ACCOUNT, which)
        .group_by(sold)
    )  # fmt: skip


def list_debts(session: Session, buyer_id: int | None = None, *, is_open: bool = True) -> list[Debt]:
    """The sales on account, the oldest first; `is_open`: only those for which something is owed."""
    which = Tender.buyer_id.is_not(None) if buyer_id is None else Tender.buyer_id == buyer_id
    on_account = _sum_on_account(which).subquery()
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
    """What is owed for one sale; None where nothing of it went on account."""
    buyer_id = session.scalar(
        select(Tender.buyer_id).where(Tender.sale_number == sale_number, Tender.kind == TenderKind.ACCOUNT)
    )
    debts = list_debts(session, buyer_id, is_open=False) if buyer_id is not None else []
    return next((debt for debt in debts if debt.sale.number == sale_number), None)


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
