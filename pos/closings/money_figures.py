"""closings/money_figures.py — what a closing says of money that was received without a sale, and what became of it; the card terminal's sum."""

from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from ..sales.models import Sale, Tender, TenderKind
from ..sales.money_models import Taking, TenderCorrection
from ..sales.takings import list_to_give_back
from ..shifts.models import Shift

Figures = dict[str, Any]


def list_money(session: Session, which: ColumnElement[bool], sold: ColumnElement[bool]) -> list[Figures]:
    """Money received without a sale, by what for and how; what was given back of it is below 0. `sold`: the same span's sales."""
    what_for = case(
        (Taking.debt_of.is_not(None), "debt"), (Taking.voucher_number.is_not(None), "voucher"),
        (Taking.refund_number.is_not(None), "refund"), (Taking.is_surplus.is_(True), "surplus"), else_="basket",
    )  # fmt: skip
    is_back = Taking.undoes.is_not(None)
    query = (
        select(what_for, Taking.kind, is_back, func.count(), func.sum(Taking.amount_vnd))
        .where(which, ~is_sold_at_once(sold))
        .group_by(what_for, Taking.kind, is_back)
        .order_by(what_for, Taking.kind, is_back)
    )
    return [
        {"for": name, "kind": kind, "is_back": bool(back), "count": count, "amount_vnd": int(amount)}
        for name, kind, back, count, amount in session.execute(query)
    ]


def list_shift_money(session: Session, shift: Shift) -> list[Figures]:
    """The same of a shift. What was given back at no till belongs to the shift that had received it."""
    received = aliased(Taking)
    of_shift = select(received.number).where(received.shift_number == shift.number)
    which = (Taking.shift_number == shift.number) | (
        Taking.shift_number.is_(None) & Taking.undoes.in_(of_shift)
    )
    return list_money(session, which, Sale.shift_number == shift.number)


def describe_to_give_back(session: Session, shift: Shift) -> Figures:
    """What of the shift's money is to give back still; nothing where all is given back."""
    waiting = [each.amount_vnd for each in list_to_give_back(session) if each.shift_number == shift.number]
    return {"to_give_back": {"count": len(waiting), "amount_vnd": sum(waiting)}} if waiting else {}


def is_sold_at_once(sold: ColumnElement[bool]) -> ColumnElement[bool]:
    """A transfer that one of these sales took up: it stands there as a tender, and is no money without a sale."""
    taken_up = select(Tender.n).join(Sale, Sale.number == Tender.sale_number)
    return (Taking.kind == TenderKind.TRANSFER) & taken_up.where(
        Tender.taking_number == Taking.number, sold
    ).exists()


def sum_terminal(session: Session, shift: Shift) -> int:
    """What the card terminal took and gave back in the shift, sales and all else, as corrected."""
    by_sales = (
        select(func.coalesce(func.sum(Tender.amount_vnd), 0))
        .join(Sale, Sale.number == Tender.sale_number)
        .where(
            Sale.shift_number == shift.number, Tender.kind == TenderKind.CARD, Tender.taking_number.is_(None)
        )
    )
    beside = select(func.coalesce(func.sum(Taking.amount_vnd), 0)).where(
        Taking.shift_number == shift.number, Taking.kind == TenderKind.CARD
    )
    to_card = case(
        (TenderCorrection.to_kind == TenderKind.CARD, TenderCorrection.amount_vnd),
        else_=-TenderCorrection.amount_vnd,
    )
    corrected = select(func.coalesce(func.sum(to_card), 0)).where(
        TenderCorrection.shift_number == shift.number
    )
    return sum(int(session.scalar(query) or 0) for query in (by_sales, beside, corrected))
