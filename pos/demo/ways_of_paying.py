"""demo/ways_of_paying.py — how the village's buyers pay besides cash: transfers, cards, vouchers, on account, discounts, exchanges, a slip of the finger."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..banking.allocate import allocate_to_debt
from ..kernel.actor import Approval
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.money import suggest_amounts
from ..kernel.text import fold_text
from ..sales.basket_money import find_free_vnd
from ..sales.buyers import TypedBuyer, list_buyers, save_buyer
from ..sales.correct_tender import correct_tender
from ..sales.debts import Debt, list_debts, sum_owed
from ..sales.exchange import exchange_goods, plan_exchange
from ..sales.models import Basket, DiscountKind, Sale, TenderKind
from ..sales.pay import pay_basket
from ..sales.priced_basket import PricedBasket, price_basket
from ..sales.queries import find_cash, list_lines, list_tenders
from ..sales.refund import list_parts_back, sum_refunded_milli
from ..sales.set_discount import set_discount
from ..sales.takings import reserve_voucher, sell_voucher
from ..sales.tenders.kinds import find_cash_due
from ..sales.tenders.part import TenderPart
from ..shop.models import get_shop
from ..vouchers.issue import issue_voucher
from ..vouchers.models import Voucher, VoucherKind
from .codes import at_clock
from .till import Till
from .transfers import pay_by_transfer
from .village_bank import tell_transfer

BY_TRANSFER = 0.66  # of the sales of a busy village
BY_CARD = 0.06
WITH_DISCOUNT = 0.04
BY_VOUCHER = 0.02
ON_ACCOUNT = 0.012
EXCHANGED = 0.01
CORRECTED = 0.004
PAYS_AFTER = timedelta(days=6)
_DISCOUNTED_BECAUSE = ("hộp móp", "khách quen mua nhiều", "nhãn bẩn")
_BUYERS = ("Công ty mẫu Hoa Sen", "Nhà hàng mẫu Cổng Làng")


def trade_beside_sales(session: Session, day: date, till: Till) -> None:
    """Vouchers are sold and given on Wednesdays; buyers on account pay after some days; the first day knows the buyers."""
    at = at_clock(day, 7, 40)
    if not list_buyers(session, archived=True):
        for name in _BUYERS:
            save_buyer(session, None, TypedBuyer(name, limit_vnd=5_000_000), by=till.manager, at=at)
    if day.weekday() == 2:
        sell_voucher(session, till.dice.choice((100_000, 200_000)), TenderKind.CASH, expires_on=day + timedelta(days=365),
                     station=till.station, by=till.cashier, at=at)  # fmt: skip
        issue_voucher(session, VoucherKind.GIVEN, 50_000, expires_on=day + timedelta(days=60), reason="tặng khách đoàn",
                      by=till.manager, at=at)  # fmt: skip
    for debt in list_debts(session):
        if at - debt.sale.at > PAYS_AFTER:
            _pay_debt(session, debt, at, till)


def _pay_debt(session: Session, debt: Debt, at: datetime, till: Till) -> None:
    """Firms pay by transfer: the text names the receipt, which the manager reads."""
    text = f"{fold_text(debt.buyer.name).upper()} tra tien phieu {debt.sale.number:06}"
    transfer = tell_transfer(session, till, debt.open_vnd, text, at)
    allocate_to_debt(session, transfer, debt.sale.number, by=till.manager, at=at)


def pay_somehow(session: Session, basket: Basket, at: datetime, till: Till) -> Sale:
    """By transfer mostly; the dice decide what else."""
    dice, chance = till.dice, till.dice.random()
    if dice.random() < WITH_DISCOUNT:
        set_discount(session, basket, DiscountKind.BASKET, rate_bp=dice.choice((500, 1000)), reason=dice.choice(_DISCOUNTED_BECAUSE),
                     by=till.cashier, at=at, approval=Approval(till.manager, "", at))  # fmt: skip
    if chance < BY_VOUCHER:
        _use_voucher(session, basket, at, till)
    if 0 <= chance - BY_VOUCHER - ON_ACCOUNT < BY_TRANSFER:
        return pay_by_transfer(session, basket, at, till)
    priced = price_basket(session, basket, business_day(at))
    parts: list[TenderPart] = []
    if BY_VOUCHER <= chance < BY_VOUCHER + ON_ACCOUNT:
        parts = _put_on_account(session, priced, till)
    elif chance > 1 - BY_CARD and priced.rest_vnd > 0:
        by_card = priced.rest_vnd if dice.random() < 0.8 else priced.rest_vnd // 2
        parts = [TenderPart(TenderKind.CARD, by_card, f"{dice.randint(1, 999_999):06}")] if by_card else []
    paid_vnd = sum(part.amount_vnd for part in parts)
    due_vnd = find_cash_due(priced.rest_vnd, paid_vnd, get_shop(session).cash_rounding_vnd)
    handed_over = due_vnd if parts else dice.choice([due_vnd, *suggest_amounts(due_vnd)])
    return pay_basket(
        session, basket.id, basket.version, handed_over, parts=parts, station=till.station, by=till.cashier, at=at,
        approval=Approval(till.manager, "", at) if parts and parts[0].buyer_id else None,
    )  # fmt: skip


def _use_voucher(session: Session, basket: Basket, at: datetime, till: Till) -> None:
    """The oldest voucher with something left, if there is one."""
    for voucher in session.scalars(select(Voucher).order_by(Voucher.number)):
        if find_free_vnd(session, voucher) > 0 and (voucher.expires_on or business_day(at)) >= business_day(
            at
        ):
            reserve_voucher(session, basket, voucher, by=till.cashier, at=at)
            return


def _put_on_account(session: Session, priced: PricedBasket, till: Till) -> list[TenderPart]:
    buyer = till.dice.choice(list_buyers(session))
    if priced.rest_vnd <= 0 or sum_owed(session, buyer.id) + priced.rest_vnd > buyer.limit_vnd:
        return []
    return [TenderPart(TenderKind.ACCOUNT, priced.rest_vnd, buyer_id=buyer.id)]


def exchange_somehow(session: Session, sold: Sale, basket: Basket, at: datetime, till: Till) -> Sale | None:
    """A buyer brings one piece of an earlier sale back and takes what lies in the basket; None where nothing can come back."""
    back = sum_refunded_milli(session, sold)
    line = next((line for line in list_lines(session, sold.number) if not back[line.n]), None)
    if line is None or line.lot_id is None:
        return None
    reason, parts = "đổi vị khác", {line.n: line.quantity_milli}
    priced = price_basket(session, basket, business_day(at))
    split = plan_exchange(
        session, sold, list_parts_back(session, sold, parts, reason), priced, business_day(at)
    )
    try:
        return exchange_goods(
            session, sold, parts, basket.id, basket.version, split.due_vnd, reason=reason, request=f"demo-{basket.id}",
            station=till.station, by=till.cashier, at=at, approval=Approval(till.manager, "", at),
        )  # fmt: skip
    except Refused:
        return None


def correct_somehow(session: Session, sale: Sale, at: datetime, till: Till) -> None:
    """The cashier touched cash, and it was a card: all that was noted as cash, which may be a part of the sale."""
    cash = find_cash(list_tenders(session, sale.number))
    if cash is not None and cash.amount_vnd > 0:
        correct_tender(
            session, sale, TenderKind.CARD, cash.amount_vnd, reference=f"{till.dice.randint(1, 999_999):06}", reason="bấm nhầm tiền mặt",
            station=till.station, by=till.cashier, at=at + timedelta(minutes=1), approval=Approval(till.manager, "", at),
        )  # fmt: skip
