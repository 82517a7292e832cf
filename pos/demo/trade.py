"""demo/trade.py — a day of the village's till: sales with their peaks, goods that come back, a drawer that differs, the evening's write-offs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from ..catalog.models import GoodsKind, Product
from ..closings.close import close_due_periods, close_with_z
from ..kernel.actor import Approval
from ..kernel.clock import SHOP_ZONE
from ..kernel.errors import Refused
from ..kernel.money import suggest_amounts
from ..kernel.quantity import ONE, Unit
from ..sales.basket import add_goods, confirm_age, needs_age_check
from ..sales.models import Basket, Sale
from ..sales.pay import pay_basket
from ..sales.priced_basket import price_basket
from ..sales.queries import find_cash, list_lines, list_tenders
from ..sales.questions import WhichLot
from ..sales.refund import refund_sale
from ..shifts.drawer import expected_cash_vnd, open_shift
from ..shifts.explain_difference import explain_difference
from ..shifts.models import Shift
from ..stock.lots import place_hold
from ..stock.models import Lot, MoveKind, OnHand
from ..storeroom.expired import list_expired_stock
from ..storeroom.write_off import write_off
from . import cast
from .cash import keep_cash_book
from .codes import at_clock
from .till import FLOAT_VND, Till
from .transfers import TROUBLES, Trouble, pay_late, pay_with_trouble, pay_without_code
from .village_bank import read_weeks_statement
from .ways_of_paying import (
    CORRECTED,
    EXCHANGED,
    correct_somehow,
    exchange_somehow,
    pay_somehow,
    trade_beside_sales,
)

SHORT_LIVED_DAYS = 5
FIRST_TROUBLE = 20  # which sale of the day
LEFT_FOR_TODAY = 2  # lots that ended and that nobody wrote off yesterday: something to do
RECALLED_BEFORE_DAYS = 9
STATEMENT_DAYS = 7
_FESTIVALS = {(10, 20), (11, 20), (12, 24), (3, 8), (4, 30), (5, 1), (9, 2)}
_BACK_BECAUSE = ("vỡ khi mang về", "khách đổi ý", "mua nhầm loại", "gói hở mép")
_DIFFERS_BECAUSE = (
    "trả nhầm tiền thừa",
    "quên ghi một lần rút tiền lẻ",
    "đếm nhầm tờ 10.000",
    "khách không lấy tiền thừa",
)


@dataclass(frozen=True, slots=True)
class StockedProduct:
    product: Product
    role: cast.CastProduct


def trade_day(
    session: Session, products: Sequence[StockedProduct], day: date, till: Till, today: date
) -> None:
    """One day at the till: open, sell, close, and in the evening what ends that day leaves the books."""
    if till.pace.is_whole:
        _explain_yesterday(session, day, till, today)
    close_due_periods(session, at=at_clock(day, 7, 30), seal=till.seal)
    at_hand = session.scalars(select(Product).options(selectinload(Product.barcodes))).all()
    shift = open_shift(session, till.station, FLOAT_VND, by=till.cashier, at=at_clock(day, 7, 30))
    if till.pace.is_whole:
        trade_beside_sales(session, day, till)
        keep_cash_book(session, shift, day, till, at_clock(day, 7, 40))
    sales = till.dice.randint(*till.pace.sales) + (till.pace.at_weekends if day.weekday() >= 5 else 0)
    sales += till.pace.at_festivals if (day.month, day.day) in _FESTIVALS else 0
    troubles = (
        dict(enumerate(TROUBLES.get((today - day).days, ()), FIRST_TROUBLE)) if till.pace.is_whole else {}
    )
    for n in range(sales):
        minute = 30 + n * 540 // sales
        at = at_clock(day, 8 + minute // 60, minute % 60)
        sale = _sell(session, products, at, till, troubles.get(n))
        if till.pace.is_whole and sale is not None and till.dice.random() < 1 / 60:
            _take_back(session, sale, at, till)
    counted = expected_cash_vnd(session, shift) + _find_difference_vnd(till)
    close_with_z(
        session, shift, counted, by=till.cashier, at=at_clock(day, 18), seal=till.seal, stays_vnd=FLOAT_VND
    )
    if till.pace.is_whole:
        _close_evening(session, day, till, today)
    del at_hand  # a session forgets rows that nobody holds, and each scan would read its product anew


def _find_difference_vnd(till: Till) -> int:
    """By how much the drawer is over or short, in đồng: seldom, and little."""
    if not till.pace.is_whole:
        return -5000 if till.dice.random() < 0.05 else 0
    return till.dice.choice((-20, -10, -5, -2, 2, 5, 10)) * 1000 if till.dice.random() < 0.12 else 0


def _explain_yesterday(session: Session, day: date, till: Till, today: date) -> None:
    """The manager asks why the drawer differed; of the last days nobody has told yet."""
    if today - day <= timedelta(days=2):
        return
    newest = session.scalars(select(Shift).order_by(Shift.number.desc()).limit(1)).first()
    if newest is None:
        return
    try:
        explain_difference(
            session, newest, till.dice.choice(_DIFFERS_BECAUSE), by=till.manager, at=at_clock(day, 7, 20)
        )
    except Refused:
        return  # nothing differed


def _weight(item: StockedProduct) -> int:
    """What people buy: fresh goods first, sweets often, a vase seldom."""
    if 0 < item.role.days <= SHORT_LIVED_DAYS:
        return 8
    return 1 if item.role.price_vnd >= 150_000 or item.role.kind is GoodsKind.CRAFT else 4


def _choose_goods(products: Sequence[StockedProduct], count: int, till: Till) -> list[StockedProduct]:
    if not till.pace.is_whole:
        return till.dice.sample(products, count)
    chosen = till.dice.choices(products, [_weight(item) for item in products], k=count)
    return list({item.product.id: item for item in chosen}.values())


def _sell(
    session: Session, products: Sequence[StockedProduct], at: datetime, till: Till, trouble: Trouble | None
) -> Sale | None:
    dice, basket = till.dice, None
    for item in _choose_goods(products, dice.choice((1, 1, 2, 2, 3, 4)), till):
        quantity = (
            dice.randint(200, 1800) if item.product.unit == Unit.KG else dice.choice((1, 1, 1, 2, 3)) * ONE
        )
        if needs_age_check(session, item.product):
            confirm_age(session, till.station, by=till.cashier, at=at)
        try:
            basket = add_goods(session, till.station, item.product.id, quantity, at=at)
        except (Refused, WhichLot):
            continue  # as a cashier would: put it aside, go on with the rest
    if basket is None:
        return None
    if trouble is not None:
        return pay_with_trouble(session, basket, at, till, trouble)
    if till.pace.is_whole:
        return _sell_somehow(session, basket, at, till)
    priced = price_basket(session, basket, at.astimezone(SHOP_ZONE).date())
    handed_over = dice.choice([priced.due_vnd, *suggest_amounts(priced.due_vnd)])
    return pay_basket(
        session, basket.id, basket.version, handed_over, station=till.station, by=till.cashier, at=at
    )


def _sell_somehow(session: Session, basket: Basket, at: datetime, till: Till) -> Sale:
    """In any of the ways there are; seldom for goods of the sale before, seldom noted wrongly."""
    if till.dice.random() < EXCHANGED:
        newest = session.scalars(
            select(Sale).where(Sale.refunds.is_(None)).order_by(Sale.number.desc()).limit(1)
        ).first()
        exchanged = exchange_somehow(session, newest, basket, at, till) if newest is not None else None
        if exchanged is not None:
            return exchanged
    sale = pay_somehow(session, basket, at, till)
    is_plain = sale.rounding_vnd == 0 and find_cash(list_tenders(session, sale.number)) is not None
    if is_plain and till.dice.random() < CORRECTED:
        correct_somehow(session, sale, at, till)
    return sale


def _take_back(session: Session, sale: Sale, at: datetime, till: Till) -> None:
    """A buyer brings one piece back a few minutes later."""
    line = next(
        (
            line
            for line in list_lines(session, sale.number)
            if line.unit == Unit.PIECE and line.lot_id and line.price_vnd < 150_000
        ),
        None,
    )
    if line is not None:
        refund_sale(session, sale, {line.n: ONE}, reason=till.dice.choice(_BACK_BECAUSE), request=f"{sale.number}",
                    station=till.station, by=till.manager, at=at + timedelta(minutes=3))  # fmt: skip


def _close_evening(session: Session, day: date, till: Till, today: date) -> None:
    """What ends today is thrown away, seen by both; yesterday a little was left over for this morning."""
    pay_late(session, day, till)
    if today - day == timedelta(days=1):
        pay_without_code(session, day, till)
    at = at_clock(day, 18, 20)
    expired = [
        stock
        for _group, items in list_expired_stock(session, day + timedelta(days=1))
        for stock in items
        if stock.lot.expires_on == day
        and not stock.held_because  # an older one is a misfit, which has to stay
    ]
    if today - day == timedelta(days=1):
        expired = expired[LEFT_FOR_TODAY:]
    for stock in expired:
        write_off(session, stock.lot, stock.place.id, stock.quantity_milli, MoveKind.WRITTEN_OFF, reason="hết hạn, cuối ngày", photo=None,
                  approval=Approval(till.cashier, "cùng kiểm", at), by=till.manager, at=at)  # fmt: skip
    if today - day == timedelta(days=1):
        week = timedelta(days=STATEMENT_DAYS)
        read_weeks_statement(session, till, day - week, day - timedelta(days=1), at)
    if today - day == timedelta(days=RECALLED_BEFORE_DAYS):
        _recall(session, till, at)


def _recall(session: Session, till: Till, at: datetime) -> None:
    """A producer calls a lot back; what is left of it goes home the same evening."""
    row = session.execute(
        select(Lot, OnHand.place_id, OnHand.quantity_milli)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Product, Product.id == Lot.product_id)
        .where(Product.name_vi == "Lạp xưởng", OnHand.quantity_milli > 0)
        .order_by(Lot.id.desc())
    ).first()
    if row is None:
        return
    lot, place_id, quantity_milli = row
    place_hold(
        session,
        lot_id=lot.id,
        kind="recall",
        reason="chủ thể báo lẫn nguyên liệu (ví dụ)",
        by=till.manager,
        at=at,
    )
    write_off(session, lot, place_id, quantity_milli, MoveKind.TO_PRODUCER, reason="thu hồi, trả lại chủ thể", photo=None,
              approval=Approval(till.cashier, "cùng kiểm", at), by=till.manager, at=at)  # fmt: skip
