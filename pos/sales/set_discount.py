"""sales/set_discount.py — a discount for a line or the whole basket, within the cashier's limit or with a manager's word."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, has_managers_word
from ..kernel.clock import business_day
from ..kernel.errors import NotAllowed, Refused, Stale
from ..kernel.reason import Reason
from ..shop.models import get_shop
from .basket_version import note_change
from .discounts import WHOLE_BP
from .models import WHOLE_BASKET, Basket, BasketDiscount, DiscountKind
from .pay import refuse_unapproved_discounts
from .priced_basket import PricedBasket, price_basket


def set_discount(
    session: Session,
    basket: Basket,
    kind: DiscountKind,
    line_n: int = WHOLE_BASKET,
    *,
    rate_bp: int | None = None,
    amount_vnd: int | None = None,
    reason: str,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> PricedBasket:
    """Take a rate or an amount off a line or the basket; it replaces an earlier one of the kind there.

    The staff's discount is the shop's own rate, for the whole basket, and always needs a manager's word. Raises Refused
    with each of `discount_odd`, `discount_too_much`, `reason_missing`, Stale (`line_gone`), NotAllowed (`discount_approval_needed`, `manager_needed`).
    """
    line_n = line_n if kind is DiscountKind.LINE else WHOLE_BASKET
    if kind is DiscountKind.STAFF:
        rate_bp, amount_vnd = get_shop(session).staff_discount_bp or 0, None
    if kind is DiscountKind.LINE and line_n not in {line.n for line in basket.lines}:
        raise Stale.because("line_gone")
    goods_vnd = price_basket(session, basket, business_day(at)).goods_vnd
    row = session.get(BasketDiscount, (basket.id, line_n, kind.value)) or BasketDiscount(
        basket_id=basket.id, line_n=line_n, kind=kind.value
    )
    row.rate_bp, row.amount_vnd, row.reason = rate_bp, amount_vnd, reason.strip()
    row.approved_by = row.approved_vnd = row.approved_of_vnd = None
    if wrong := _list_wrong(row, goods_vnd):
        raise Refused(*wrong)
    basket.is_adjusted = True
    session.add(row)
    note_change(basket, at)
    session.flush()
    priced = price_basket(session, basket, business_day(at))
    off_vnd = _sum_off(priced, row)
    if amount_vnd is not None and off_vnd < amount_vnd:
        raise Refused.because("discount_too_much", most_vnd=off_vnd)
    _approve_or_refuse(session, row, priced, off_vnd, by, approval)
    record(session, "discount_set", by=by, at=at, subject=basket, discount=kind.value, amount_vnd=off_vnd, reason=row.reason,
           **_describe_discount(priced, row), **describe_approval(approval))  # fmt: skip
    session.flush()
    return price_basket(session, basket, business_day(at))


def _approve_or_refuse(
    session: Session,
    row: BasketDiscount,
    priced: PricedBasket,
    off_vnd: int,
    by: Actor,
    approval: Approval | None,
) -> None:
    """Note a manager's word, for so much of goods that cost so much; else the cashier's limit holds."""
    if has_managers_word(by, approval):
        row.approved_by, row.approved_vnd = (approval.by if approval else by).name, off_vnd
        of_line = {line.n: line.amount_vnd for line in priced.lines}
        row.approved_of_vnd = of_line.get(row.line_n, priced.goods_vnd)
    elif row.kind == DiscountKind.STAFF:
        raise NotAllowed.because("manager_needed")
    else:
        refuse_unapproved_discounts(session, priced, by)


def _list_wrong(row: BasketDiscount, goods_vnd: int) -> list[Reason]:
    is_rate_odd = row.rate_bp is not None and not 0 < row.rate_bp <= WHOLE_BP
    is_amount_odd = row.amount_vnd is not None and row.amount_vnd <= 0
    is_neither = (row.rate_bp is None) is (row.amount_vnd is None)
    checks = (
        (Reason.make("discount_odd"), is_rate_odd or is_amount_odd or is_neither),
        (Reason.make("discount_too_much", most_vnd=goods_vnd), (row.amount_vnd or 0) > goods_vnd),
        (Reason.make("reason_missing"), not row.reason),
    )
    return [no for no, fails in checks if fails]


def _sum_off(priced: PricedBasket, row: BasketDiscount) -> int:
    """What this discount takes off the basket as it lies there."""
    return sum(
        off.amount_vnd
        for line in priced.lines
        for off in line.discounts
        if (off.wanted.kind, off.wanted.line_n) == (row.kind, row.line_n)
    )


def _describe_discount(priced: PricedBasket, row: BasketDiscount) -> dict[str, Any]:
    """For the journal: the product of a line's discount, and its rate."""
    line = next((line for line in priced.lines if line.n == row.line_n), None)
    product = {} if line is None else {"product": line.line.product_id or line.name}
    return product if row.rate_bp is None else {**product, "rate_bp": row.rate_bp}


def remove_discount(
    session: Session, basket: Basket, kind: DiscountKind, line_n: int, *, by: Actor, at: datetime
) -> None:
    """Take a discount off again. One that is gone already is no fault."""
    row = session.get(BasketDiscount, (basket.id, line_n, kind.value))
    if row is None:
        return
    session.delete(row)
    note_change(basket, at)
    record(session, "discount_removed", by=by, at=at, subject=basket, discount=kind.value)
