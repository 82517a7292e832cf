"""Steps that the tests of bank transfers share: an account, a code on the screen, a signal of a source."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from pos.kernel.actor import SYSTEM, Approval
from pos.kernel.quantity import ONE
from pos.payments.accounts import TypedAccount, save_account
from pos.payments.models import BankAccount, BankTransfer, PaymentCode
from pos.payments.receive import ReceivedSignals, receive_signals
from pos.payments.signals import Direction, TransferSignal
from pos.sales.basket import add_goods
from pos.sales.models import Basket, Sale
from pos.sales.transfers import complete_by_itself, show_basket_code, take_transfer
from tests.builders import an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION

from .test_refund import goods_at

NUMBER = "19001234567890"
_count = iter(range(1, 10**9))


def an_account(session: Session, number: str = NUMBER, **more: Any) -> BankAccount:
    """Agreed to by the manager alone: nobody else works here."""
    typed = TypedAccount("970422", number, "HO KINH DOANH MAU", **more)
    return save_account(session, None, typed, by=MANAGER, at=MORNING, approval=Approval(MANAGER, "", MORNING))


def a_code(session: Session, price_vnd: int = 45_000, pieces: int = 1, at: datetime = MORNING) -> PaymentCode:
    """A basket of goods at this price, its code on the till; shift and account as well."""
    (product,) = goods_at(session, (price_vnd, "piece"))
    an_open_shift(session)
    an_account(session)
    add_goods(session, STATION, product.id, pieces * ONE, at=at)
    return show_basket_code(session, station=STATION, by=CASHIER, at=at)


def a_signal(amount_vnd: int, text: str = "", **more: Any) -> TransferSignal:
    """Money that came, as a feed tells it; another each time."""
    n = next(_count)
    facts = {"source": "sepay", "source_key": f"id-{n}", "account_number": NUMBER, "direction": Direction.IN, "at": MORNING,
             "reference": f"FT{n:06}", "text": text}  # fmt: skip
    return TransferSignal(amount_vnd=amount_vnd, **facts | more)


def receive_all(session: Session, *signals: TransferSignal, at: datetime = MORNING) -> ReceivedSignals:
    account = session.query(BankAccount).filter_by(number=NUMBER).one()
    return receive_signals(session, account, signals, by=SYSTEM, at=at)


def pay_code(
    session: Session, code: PaymentCode, amount_vnd: int | None = None, at: datetime = MORNING, **more: Any
) -> Sale | None:
    """The buyer pays this code, all that it asks for by default; what the worker then does."""
    signal = a_signal(amount_vnd or code.amount_vnd, f"CT DEN {code.purpose} chuyen tien", at=at, **more)
    for transfer in receive_all(session, signal, at=at).transfers:
        take_transfer(session, transfer, at=at)
    return complete_by_itself(session, code.basket_id, at)


def the_transfer(session: Session) -> BankTransfer:
    return session.query(BankTransfer).order_by(BankTransfer.number.desc()).first()  # type: ignore[return-value]


def the_basket_of(session: Session, code: PaymentCode) -> Basket:
    basket = session.get(Basket, code.basket_id)
    assert basket is not None
    return basket


def later(minutes: int) -> datetime:
    return MORNING + timedelta(minutes=minutes)
