"""sales/basket_money.py — what lies on a basket besides goods: discounts that are wanted, vouchers reserved, money received."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import BindParameter, bindparam, delete, func, select
from sqlalchemy.orm import Session

from ..vouchers.models import Voucher, VoucherKind
from ..vouchers.queries import sum_balance
from .discounts import WantedDiscount
from .models import (
    Basket,
    BasketDiscount,
    BasketState,
    BasketVoucher,
    DiscountKind,
    Tender,
    TenderKind,
)
from .money_models import Taking
from .tenders.part import TenderPart


@dataclass(frozen=True, slots=True)
class ReservedVoucher:
    voucher: Voucher
    reserved_vnd: int


@dataclass(frozen=True, slots=True)
class BasketMoney:
    """`takings`: received, and neither given back nor part of a sale."""

    discounts: tuple[WantedDiscount, ...] = ()
    vouchers: tuple[ReservedVoucher, ...] = ()
    takings: tuple[Taking, ...] = ()


NOTHING = BasketMoney()
_THE_BASKET: BindParameter[int] = bindparam("basket_id")
_RESERVED = (
    select(Voucher, BasketVoucher.amount_vnd)
    .join(BasketVoucher, BasketVoucher.voucher_number == Voucher.number)
    .where(BasketVoucher.basket_id == _THE_BASKET)
    .order_by(Voucher.number)
)
_WANTED = (
    select(BasketDiscount)
    .where(BasketDiscount.basket_id == _THE_BASKET)
    .order_by(BasketDiscount.line_n, BasketDiscount.kind)
)
_UNDONE = select(Taking.undoes).where(Taking.undoes.is_not(None))
_USED = select(Tender.taking_number).where(Tender.taking_number == Taking.number)
_OPEN_TAKINGS = (
    select(Taking)
    .where(
        Taking.basket_id == _THE_BASKET, Taking.undoes.is_(None), Taking.is_surplus.is_not(True),
        Taking.number.not_in(_UNDONE), ~_USED.exists(),
    )
    .order_by(Taking.number)
)  # fmt: skip


def load_basket_money(session: Session, basket: Basket, on: date) -> BasketMoney:
    """Nothing is looked for on a basket that was never adjusted. A voucher that ended meanwhile counts no more."""
    if not basket.is_adjusted:
        return NOTHING
    rows = session.execute(_RESERVED, {"basket_id": basket.id})
    vouchers = [
        ReservedVoucher(voucher, left_vnd)
        for voucher, vnd in rows
        if (voucher.expires_on is None or voucher.expires_on >= on)
        and (left_vnd := min(vnd, sum_balance(session, voucher.number)))
        > 0  # it may have been cancelled since
    ]
    given_away = [
        WantedDiscount(
            DiscountKind.VOUCHER, amount_vnd=each.reserved_vnd, reason=each.voucher.reason, approved_by=each.voucher.by_name,
            voucher_number=each.voucher.number,
        )
        for each in vouchers if each.voucher.kind == VoucherKind.GIVEN
    ]  # fmt: skip
    sold = tuple(each for each in vouchers if each.voucher.kind == VoucherKind.SOLD)
    wanted = (*_list_wanted(session, basket), *given_away)
    return BasketMoney(wanted, sold, tuple(list_open_takings(session, basket.id)))


def _list_wanted(session: Session, basket: Basket) -> list[WantedDiscount]:
    rows = session.scalars(_WANTED, {"basket_id": basket.id})
    return [
        WantedDiscount(
            DiscountKind(row.kind), row.line_n, row.rate_bp, row.amount_vnd, row.reason, row.approved_by, row.approved_vnd,
            row.approved_of_vnd,
        )
        for row in rows
    ]  # fmt: skip


def list_open_takings(session: Session, basket_id: int) -> Sequence[Taking]:
    """Money received for a basket that no sale has taken up and nobody has given back."""
    return session.scalars(_OPEN_TAKINGS, {"basket_id": basket_id}).all()


def list_held_parts(money: BasketMoney, total_vnd: int) -> tuple[TenderPart, ...]:
    """What was received pays as it is; vouchers pay what is left then, as far as they are reserved."""
    parts = [
        TenderPart(TenderKind(row.kind), row.amount_vnd, row.reference or "", taking_number=row.number)
        for row in money.takings
    ]
    left_vnd = total_vnd - sum(part.amount_vnd for part in parts)
    for each in money.vouchers:
        if (part_vnd := min(left_vnd, each.reserved_vnd)) > 0:
            parts.append(TenderPart(TenderKind.VOUCHER, part_vnd, voucher_number=each.voucher.number))
            left_vnd -= part_vnd
    return tuple(parts)


def find_free_vnd(session: Session, voucher: Voucher, *, except_basket: int | None = None) -> int:
    """What is left on a voucher and reserved for no basket, but perhaps for this one."""
    reserved = (
        select(func.coalesce(func.sum(BasketVoucher.amount_vnd), 0))
        .join(Basket, Basket.id == BasketVoucher.basket_id)
        .where(
            BasketVoucher.voucher_number == voucher.number,
            Basket.state.in_((BasketState.OPEN, BasketState.PARKED)),
        )
    )
    if except_basket is not None:
        reserved = reserved.where(BasketVoucher.basket_id != except_basket)
    return sum_balance(session, voucher.number) - int(session.scalar(reserved) or 0)


def forget_discounts(session: Session, basket: Basket, line_n: int | None = None) -> None:
    """The discounts of a line go with it; without a line all of the basket."""
    if basket.is_adjusted:
        query = delete(BasketDiscount).where(BasketDiscount.basket_id == basket.id)
        session.execute(query if line_n is None else query.where(BasketDiscount.line_n == line_n))


def release_vouchers(session: Session, basket: Basket) -> None:
    """What was reserved on vouchers is free again: the basket is paid, or was given up."""
    if basket.is_adjusted:
        session.execute(delete(BasketVoucher).where(BasketVoucher.basket_id == basket.id))


def move_line_discounts(session: Session, basket: Basket, line_n: int, to: Sequence[int]) -> None:
    """A line was put on anew with another quantity: its discounts stand on the lines that took its place (`to`).

    An amount stands on the first of them, a rate on each; what was approved was approved once, so that it counts on the first.
    """
    if not basket.is_adjusted:
        return
    query = select(BasketDiscount).where(
        BasketDiscount.basket_id == basket.id, BasketDiscount.line_n == line_n
    )
    rows = [row.facts() for row in session.scalars(query).all()]
    forget_discounts(session, basket, line_n)
    for facts in rows:
        for at, n in enumerate(to if facts["rate_bp"] is not None else to[:1]):
            not_approved = {"approved_by": None, "approved_vnd": None, "approved_of_vnd": None} if at else {}
            session.add(BasketDiscount(**facts | {"line_n": n} | not_approved))
    session.flush()
