"""demo/bank_buyer.py — what a buyer with a banking app may do with the code on the till, played by the fake bank."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from ..kernel.actor import SYSTEM
from ..payments.accounts import find_account_of, get_account
from ..payments.codes import find_shown_code, make_code_text
from ..payments.models import PaymentCode
from ..sales.basket import find_open_basket, get_basket
from ..sales.takings import give_basket_up
from ..sales.transfers import CodeState, CodeStateKind, list_on_till, read_code_state
from .playing_bank import PlayingBank

TOO_LITTLE_VND = 20_000
NO_CODE_VND = 50_000  # paid without a code where none waits
AWAITED = frozenset({CodeStateKind.WAITING, CodeStateKind.SHORT})


class BuyerWay(StrEnum):
    """How the buyer pays."""

    PAYS = "pays"
    SHORT = "short"
    TWICE = "twice"
    LATE = "late"  # after the basket was given up
    NO_CODE = "no_code"


@dataclass(frozen=True, slots=True)
class BuyersPayment:
    """`code_text`: what the buyer's app reads on the screen; "" where they type the account's number. `amounts`: a transfer each."""

    account_number: str
    code_text: str
    amounts: tuple[int, ...]

    @property
    def total_vnd(self) -> int:
        return sum(self.amounts)


def find_awaited(session: Session, station: str, at: datetime) -> CodeState | None:
    """The code of the basket at the counter, else the newest of this till that waits for money; None for none."""
    basket = find_open_basket(session, station)
    code = find_shown_code(session, basket.id) if basket else None
    states = [read_code_state(session, code, at)] if code else []
    states += list_on_till(session, station, at)
    return next((state for state in states if state.kind in AWAITED), None)


def plan_payment(session: Session, way: BuyerWay, station: str, *, at: datetime) -> BuyersPayment | None:
    """What the buyer pays in this way; None where no code waits for it, or the shop has no account.

    Whoever pays late has gone before: the basket is given up.
    """
    state = find_awaited(session, station, at)
    if way is BuyerWay.NO_CODE:
        account = find_account_of(session, station)
        amount_vnd = state.missing_vnd if state else NO_CODE_VND
        return BuyersPayment(account.number, "", (amount_vnd,)) if account else None
    if state is None:
        return None
    if way is BuyerWay.LATE:
        basket = get_basket(session, state.code.basket_id)
        give_basket_up(session, basket, "khách đi mất", by=SYSTEM, at=at, approval=None)
    return _pay_code(session, state.code, list_amounts(way, state.missing_vnd))


def list_amounts(way: BuyerWay, missing_vnd: int) -> tuple[int, ...]:
    if way is BuyerWay.TWICE:
        return missing_vnd, missing_vnd
    if way is BuyerWay.SHORT:
        return (missing_vnd - TOO_LITTLE_VND if missing_vnd > TOO_LITTLE_VND else (missing_vnd + 1) // 2,)
    return (missing_vnd,)


def _pay_code(session: Session, code: PaymentCode, amounts: tuple[int, ...]) -> BuyersPayment:
    account = get_account(session, code.account_id)
    return BuyersPayment(account.number, make_code_text(account, code), amounts)


def send_payment(bank: PlayingBank, payment: BuyersPayment) -> None:
    """The bank knows of it from now on, and tells whoever asks."""
    for amount_vnd in payment.amounts:
        if payment.code_text:
            bank.pay_code(payment.code_text, amount_vnd=amount_vnd)
        else:
            bank.add_transfer(amount_vnd, "NGUYEN VAN A chuyen tien", account=payment.account_number)
