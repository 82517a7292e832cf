"""demo/transfers.py — the village's buyers pay by bank transfer, most of them as they should."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.actor import SYSTEM, Approval
from ..kernel.clock import business_day, day_start
from ..kernel.money import suggest_amounts
from ..payments.models import PaymentCode
from ..sales.models import Basket, BasketState, Sale
from ..sales.pay import pay_basket
from ..sales.priced_basket import price_basket
from ..sales.takings import give_basket_up
from ..sales.transfers import confirm_by_hand, show_basket_code, take_transfer
from .codes import at_clock
from .till import Till
from .village_bank import tell_transfer

TOLD_AFTER = timedelta(seconds=25)  # from the code on the screen to the bank's word
TOO_LITTLE_VND = 5_000
UNKNOWN_VND = (150_000, 85_000)  # what came without a code


class Trouble(StrEnum):
    """What may go wrong with a payment."""

    UNPROVED = "unproved"  # the feed is silent, the manager looks into the bank's app
    SHORT = "short"  # the rest is paid in cash
    LATE = "late"  # the buyer goes, and pays the code in the evening


TROUBLES: dict[int, Sequence[Trouble]] = {  # by how many days before today
    1: (Trouble.UNPROVED, Trouble.LATE, Trouble.UNPROVED),
    2: (Trouble.SHORT,),
    3: (Trouble.UNPROVED,),
}


def pay_by_transfer(session: Session, basket: Basket, at: datetime, till: Till) -> Sale:
    """The code, the bank's word of it, and at once the sale."""
    code = show_basket_code(session, station=till.station, by=till.cashier, at=at)
    _pay_code(session, code, code.amount_vnd, at + TOLD_AFTER, till)
    return pay_basket(
        session, basket.id, basket.version, station=till.station, by=till.cashier, at=at + TOLD_AFTER, is_parked=True
    )  # fmt: skip


def pay_with_trouble(
    session: Session, basket: Basket, at: datetime, till: Till, trouble: Trouble
) -> Sale | None:
    """None where the buyer went without the goods."""
    code = show_basket_code(session, station=till.station, by=till.cashier, at=at)
    soon, approval = at + timedelta(minutes=1), Approval(till.manager, "", at)
    if trouble is Trouble.UNPROVED:
        return confirm_by_hand(session, code, station=till.station, by=till.cashier, at=soon, approval=approval)  # fmt: skip
    if trouble is Trouble.LATE:
        give_basket_up(session, basket, "khách không đợi được", by=till.cashier, at=soon, approval=approval)
        return None
    _pay_code(session, code, code.amount_vnd - TOO_LITTLE_VND, at + TOLD_AFTER, till)
    due_vnd = price_basket(session, basket, business_day(at)).due_vnd
    handed_over = till.dice.choice([due_vnd, *suggest_amounts(due_vnd)])
    return pay_basket(session, basket.id, basket.version, handed_over, station=till.station, by=till.cashier, at=soon)  # fmt: skip


def pay_late(session: Session, day: date, till: Till) -> None:
    """In the evening who went without the goods pays all the same: that is to give back. The day before today two pay without a code."""
    at = at_clock(day, 18, 10)
    query = (
        select(PaymentCode)
        .join(Basket, Basket.id == PaymentCode.basket_id)
        .where(Basket.state == BasketState.EMPTIED, PaymentCode.shown_at >= day_start(day))
    )
    for code in session.scalars(query).all():
        _pay_code(session, code, code.amount_vnd, at, till)


def pay_without_code(session: Session, day: date, till: Till) -> None:
    """Two people pay and don't say what for."""
    for n, amount_vnd in enumerate(UNKNOWN_VND):
        tell_transfer(session, till, amount_vnd, "KHACH MAU chuyen tien", at_clock(day, 18, 12 + n))


def _pay_code(session: Session, code: PaymentCode, amount_vnd: int, at: datetime, till: Till) -> None:
    transfer = tell_transfer(session, till, amount_vnd, _spell_text(code.purpose, till), at)
    take_transfer(session, transfer, by=SYSTEM, at=at)


def _spell_text(purpose: str, till: Till) -> str:
    """What banks make of a code."""
    number = f"{till.dice.randrange(10**10):010}"
    forms = (
        f"MBVCB.{number}.{purpose}.CT tu 0000000000000 KHACH MAU",
        f"{purpose} FT{number} KHACH MAU CHUYEN TIEN",
        f"CT DEN:{number} {purpose.lower()}",
        f"IBFT {purpose[:5]} {purpose[5:]}-{number}",
    )
    return till.dice.choice(forms)
