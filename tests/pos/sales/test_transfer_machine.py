"""Any order of codes, money, cancellations, changes, closings and power cuts: each đồng is in one place, each signal counts once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos.banking.allocate import allocate_to_giving_back, end_claim
from pos.kernel.database import unit_of_work
from pos.kernel.errors import ShopError
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.payments.models import BankTransfer, PaymentCode, TransferReport
from pos.payments.signals import Direction
from pos.sales.basket import (
    add_goods,
    find_open_basket,
    get_open_basket,
    list_parked,
    park_basket,
    set_quantity,
    take_over_basket,
)
from pos.sales.basket_money import list_open_takings
from pos.sales.claims import find_left_vnd, list_claims
from pos.sales.models import Basket, BasketState, Sale, Tender, TenderKind
from pos.sales.money_models import AllocationKind, Taking, TransferAllocation
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.queries import list_lines
from pos.sales.refund import refund_sale, sum_refunded_milli
from pos.sales.takings import give_basket_up, list_to_give_back, undo_taking
from pos.sales.transfers import (
    complete_by_itself,
    confirm_by_hand,
    list_unfinished,
    list_untaken,
    show_basket_code,
    take_transfer,
)
from pos.sales.void import undo_sale
from pos.shifts.drawer import close_shift, expected_cash_vnd, find_open_shift, get_open_shift, open_shift
from pos.shop.models import get_shop
from pos.stock.lots import place_hold
from pos.stock.models import Lot
from tests.builders import an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop

from .money_steps import a_buyer
from .test_refund import goods_at
from .transfer_steps import a_signal, an_account, receive_all

OFTEN = ("add", "show", "confirm", "pay_exactly", "refund", "lose", "owe") * 3
ACTS = (
    *OFTEN, "lessen", "park", "take_up", "pay_less", "pay_more", "pay_without_code", "send_again", "tell_otherwise", "settle", "pay_in_cash",
    "give_up", "void", "give_back", "send_back", "close", "open", "tomorrow", "recall",
)  # fmt: skip


@dataclass
class Till:
    """One till, a bank that forgets nothing, and what the buyers really sent."""

    session: Session
    product_ids: list[int]
    buyer_id: int
    at: datetime = MORNING
    sent: list[Any] = field(default_factory=list)
    received_vnd: int = 0

    def do(self, act: str, n: int) -> None:
        """An act that the shop refuses changes nothing."""
        self.at += timedelta(minutes=1)
        try:
            with self.session.begin_nested():
                getattr(self, f"do_{act}")(n)
        except ShopError:
            pass

    @property
    def who(self) -> dict[str, Any]:
        return {"by": MANAGER, "at": self.at}

    def codes(self) -> list[PaymentCode]:
        return self.session.query(PaymentCode).order_by(PaymentCode.id).all()

    def pick(self, rows: Any, n: int) -> Any:
        rows = list(rows)
        return rows[n % len(rows)] if rows else None

    def do_add(self, n: int) -> None:
        add_goods(self.session, STATION, self.pick(self.product_ids, n), ONE, at=self.at)

    def do_lessen(self, n: int) -> None:
        basket = find_open_basket(self.session, STATION)
        if basket is not None and basket.lines:
            line = self.pick(basket.lines, n)
            set_quantity(
                self.session, basket, line.n, max(line.quantity_milli - ONE, 0), by=CASHIER, at=self.at
            )

    def do_show(self, n: int) -> None:
        show_basket_code(self.session, station=STATION, by=CASHIER, at=self.at)

    def do_park(self, n: int) -> None:
        park_basket(self.session, get_open_basket(self.session, STATION), "", by=CASHIER, at=self.at)

    def do_take_up(self, n: int) -> None:
        if (basket := self.pick(list_parked(self.session), n)) is not None:
            take_over_basket(self.session, basket, STATION, by=CASHIER, at=self.at)

    def _send(self, amount_vnd: int, text: str) -> None:
        if amount_vnd > 0:
            signal = a_signal(amount_vnd, text, at=self.at)
            receive_all(self.session, signal, at=self.at)
            self.sent.append(signal)
            self.received_vnd += amount_vnd

    def _pay(self, n: int, change_vnd: int) -> None:
        if (code := self.pick(self.codes(), n)) is not None:
            self._send(code.amount_vnd + change_vnd, f"ck {code.purpose.lower()}")

    def do_pay_exactly(self, n: int) -> None:
        self._pay(n, 0)
        self.do_settle(n)

    def do_pay_less(self, n: int) -> None:
        self._pay(n, -20_000)

    def do_pay_more(self, n: int) -> None:
        self._pay(n, 3_000)

    def do_pay_without_code(self, n: int) -> None:
        self._send(45_000, "tra tien hang")

    def do_send_again(self, n: int) -> None:
        """The same source tells it again."""
        if (signal := self.pick(self.sent, n)) is not None:
            receive_all(self.session, signal, at=self.at)

    def do_tell_otherwise(self, n: int) -> None:
        """Another source tells it, under its own key."""
        if (signal := self.pick(self.sent, n)) is not None:
            other = a_signal(signal.amount_vnd, signal.text, source="statement", at=signal.at, reference=signal.reference,
                             source_key=f"line-{signal.source_key}")  # fmt: skip
            receive_all(self.session, other, at=self.at)

    def do_settle(self, n: int) -> None:
        """What the worker does after a signal, and after a power cut."""
        for transfer in list(list_untaken(self.session)):
            take_transfer(self.session, transfer, at=self.at)
        for basket_id in list(list_unfinished(self.session)):
            self._try(lambda basket_id=basket_id: complete_by_itself(self.session, basket_id, self.at))

    def _try(self, step: Callable[[], Any]) -> None:
        try:
            with self.session.begin_nested():
                step()
        except ShopError:
            pass

    def do_confirm(self, n: int) -> None:
        if (code := self.pick(self.codes(), n)) is not None:
            confirm_by_hand(self.session, code, station=STATION, **self.who, approval=None)

    def do_pay_in_cash(self, n: int) -> None:
        basket = get_open_basket(self.session, STATION)
        due_vnd = price_basket(self.session, basket, self.at.date()).due_vnd
        pay_basket(self.session, basket.id, basket.version, due_vnd, station=STATION, by=CASHIER, at=self.at)

    def do_give_up(self, n: int) -> None:
        basket = get_open_basket(self.session, STATION)
        give_basket_up(self.session, basket, "khách đi", **self.who, approval=None)

    def _sales(self) -> list[Sale]:
        return self.session.query(Sale).filter(Sale.refunds.is_(None)).order_by(Sale.number).all()

    def do_refund(self, n: int) -> None:
        if (sale := self.pick(self._sales(), n)) is not None:
            line = self.pick(list_lines(self.session, sale.number), n)
            left = line.quantity_milli - sum_refunded_milli(self.session, sale)[line.n]
            parts = {line.n: min(left, ONE)}
            refund_sale(self.session, sale, parts, request=f"r{self.at}", reason="vỡ", station=STATION, is_all_in_cash=n % 3 == 0,
                        approval=None, **self.who)  # fmt: skip

    def do_void(self, n: int) -> None:
        if (sale := self.pick(self._sales(), n)) is not None:
            undo_sale(self.session, sale, reason="nhầm", station=STATION, approval=None, **self.who)

    def _end(self, n: int, buyer_id: int | None) -> None:
        if (claim := self.pick(list_claims(self.session), n)) is not None:
            end_claim(self.session, claim[0], "không thấy", buyer_id=buyer_id, **self.who)

    def do_lose(self, n: int) -> None:
        self._end(n, None)

    def do_owe(self, n: int) -> None:
        self._end(n, self.buyer_id)

    def do_give_back(self, n: int) -> None:
        if (owed := self.pick(list_to_give_back(self.session), n)) is not None:
            undo_taking(
                self.session,
                owed,
                "trả khách",
                station=STATION,
                is_in_cash=n % 2 == 0,
                approval=None,
                **self.who,
            )

    def do_send_back(self, n: int) -> None:
        if (owed := self.pick(list_to_give_back(self.session), n)) is not None:
            signal = a_signal(owed.amount_vnd, "hoan tien", direction=Direction.OUT, at=self.at)
            (transfer,) = receive_all(self.session, signal, at=self.at).transfers
            allocate_to_giving_back(self.session, transfer, owed, **self.who)

    def do_close(self, n: int) -> None:
        shift = get_open_shift(self.session, STATION)
        close_shift(self.session, shift, expected_cash_vnd(self.session, shift), **self.who)

    def do_open(self, n: int) -> None:
        if find_open_shift(self.session, STATION) is None:
            open_shift(self.session, STATION, 500_000, by=CASHIER, at=self.at)

    def do_tomorrow(self, n: int) -> None:
        self.at += timedelta(days=1)

    def do_recall(self, n: int) -> None:
        lot = self.session.query(Lot).filter_by(product_id=self.product_ids[-1]).first()
        assert lot is not None
        place_hold(self.session, reason="mốc", lot_id=lot.id, **self.who)


def find_places(session: Session) -> dict[str, int]:
    """Where the books say the money of incoming transfers is, in đồng."""

    def total(query: Any) -> int:
        return int(session.scalar(query) or 0)

    by_transfer = select(func.sum(Tender.amount_vnd)).where(Tender.kind == TenderKind.TRANSFER)
    sent_back = select(func.sum(-Taking.amount_vnd)).join(
        first := Taking.__table__.alias(), first.c.number == Taking.undoes
    )
    of_claims = select(func.sum(TransferAllocation.amount_vnd))
    unsold = session.query(Basket).filter(Basket.state.in_((BasketState.OPEN, BasketState.PARKED)))
    open_vnd = sum(row.amount_vnd for basket in unsold for row in list_open_takings(session, basket.id))
    transfers = session.query(BankTransfer).filter(BankTransfer.direction == Direction.IN)
    return {
        "sold": total(by_transfer),
        "on baskets": open_vnd,
        "to give back": sum(row.amount_vnd for row in list_to_give_back(session)),
        "given back": total(sent_back.where(first.c.kind == TenderKind.TRANSFER)),
        "debts paid": total(select(func.sum(Taking.amount_vnd)).where(Taking.debt_of.is_not(None), Taking.kind == TenderKind.TRANSFER)),
        "unproved": -sum(vnd for _claim, vnd in list_claims(session)),
        "owed": -total(of_claims.where(TransferAllocation.kind == AllocationKind.OWED)),
        "lost": -total(of_claims.where(TransferAllocation.kind == AllocationKind.LOST)),
        "unmatched": sum(find_left_vnd(session, transfer) for transfer in transfers),
    }  # fmt: skip


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 11)), min_size=8, max_size=40))
def test_each_dong_is_in_one_place_and_each_signal_counts_once(
    shop: Shop, acts: list[tuple[str, int]]
) -> None:
    with unit_of_work() as session:
        get_shop(session).cash_rounding_vnd = 1_000
        products = goods_at(session, (45_000, "piece"), (13_500, "piece"), (80_000, "piece"))
        an_open_shift(session)
        an_account(session)
        till = Till(session, [product.id for product in products], a_buyer(session).id)
        for act, n in (("add", 0), ("show", 0), ("confirm", 0), ("add", 1), ("show", 0), *acts):
            till.do(act, n)
        till.do("settle", 0)
        told = session.scalars(select(TransferReport).where(TransferReport.direction == Direction.IN)).all()
        assert len({(report.source, report.source_key) for report in told}) == len(told)
        transfers = session.query(BankTransfer).filter(BankTransfer.direction == Direction.IN).all()
        assert len(transfers) == len(till.sent)
        places = find_places(session)
        assert sum(places.values()) == till.received_vnd, places
        assert all(vnd >= 0 for name, vnd in places.items() if name not in {"unproved", "owed", "lost"}), (
            places
        )
        sales = session.execute(
            select(Sale.basket_id, func.count()).where(Sale.refunds.is_(None)).group_by(Sale.basket_id)
        ).all()
        assert all(count == 1 for _basket, count in sales)
        assert [finding for finding in verify_books(session) if finding.check != "integrity"] == []
        session.rollback()
