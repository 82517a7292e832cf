"""banking/take_in.py — what a source tells is written down, and money that names a code goes to its basket, which is sold.

Each step is a unit of work of its own, and any of them can be the last one before the power fails: `settle_transfers` goes on from
what the books hold.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ..kernel.actor import Actor
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import ShopError
from ..payments.accounts import get_account
from ..payments.models import BankTransfer
from ..payments.receive import ReceivedSignals, receive_signals
from ..payments.signals import TransferSignal
from ..sales.basket import get_basket
from ..sales.claims import close_reports, list_closed_transfers
from ..sales.models import Sale
from ..sales.transfers import (
    Waits,
    complete_by_itself,
    list_unfinished,
    list_untaken,
    note_waits,
    take_transfer,
)
from ..settlement.match_payouts import list_told_payouts, settle_payout

log = logging.getLogger(__name__)
PrintSale = Callable[[Session, Sale, str], None]  # queues the receipt of a sale at a station
PART = 400  # signals a unit of work: a till that sells waits for no more


def take_in_signals(
    account_id: int, signals: Sequence[TransferSignal], print_sale: PrintSale, *, by: Actor, at: datetime
) -> ReceivedSignals:
    """Write down what a source tells of an account, and settle what it paid. Raises Refused as `receive_signals`."""
    parts = [signals[first : first + PART] for first in range(0, len(signals), PART)]
    received = [_receive_part(account_id, part, by, at) for part in parts]
    settle_transfers(print_sale, at)
    return ReceivedSignals(
        tuple(transfer for part in received for transfer in part.transfers),
        sum(part.joined for part in received),
        sum(part.waiting for part in received),
        sum(part.repeated for part in received),
        tuple(signal for part in received for signal in part.changed),
    )


def _receive_part(
    account_id: int, part: Sequence[TransferSignal], by: Actor, at: datetime
) -> ReceivedSignals:
    with unit_of_work() as session:
        return receive_signals(session, get_account(session, account_id), part, by=by, at=at)


def settle_transfers(print_sale: PrintSale, at: datetime) -> list[int]:
    """Money that names a code goes to its basket; a basket whose money is there is sold and printed. Returns the sales' numbers.

    Again and again the same: what was done is not done twice.
    """
    with open_reading() as session:
        has_closed = bool(list_closed_transfers(session))
        untaken = [transfer.number for transfer in list_untaken(session)]
    if has_closed:
        with unit_of_work() as session:
            close_reports(session)
    for number in untaken:
        with unit_of_work() as session:
            transfer = session.get(BankTransfer, number)
            if transfer is not None:
                take_transfer(session, transfer, at=at)
    with open_reading() as session:
        unfinished = list(list_unfinished(session))
        payouts = list_told_payouts(session, at)
    for order_id, number in payouts:
        with unit_of_work() as session:
            settle_payout(session, order_id, number, at)
    done = [_try_basket(basket_id, print_sale, at) for basket_id in unfinished]
    return [number for number in done if number is not None]


def _try_basket(basket_id: int, print_sale: PrintSale, at: datetime) -> int | None:
    """A fault with one basket keeps no other from being sold."""
    try:
        return _complete_basket(basket_id, print_sale, at)
    except Exception:
        log.exception("basket %s, whose money came, could not be sold", basket_id)
        return None


def _complete_basket(basket_id: int, print_sale: PrintSale, at: datetime) -> int | None:
    """The sale's number and its receipt in the queue; None where there is none."""
    try:
        with unit_of_work() as session:
            sale = complete_by_itself(session, basket_id, at)
            if sale is None:
                return None
            print_sale(session, sale, get_basket(session, basket_id).station)
            return int(sale.number)
    except ShopError:
        with unit_of_work() as session:
            note_waits(session, basket_id, Waits.REFUSED, at)
        return None
