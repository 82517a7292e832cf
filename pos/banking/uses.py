"""banking/uses.py — what each transfer was for: the receipt, debt or document it paid, and what became of money to give back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from ..payments.models import BankTransfer
from ..sales.models import Basket, BasketState, Sale
from ..sales.money_models import AllocationKind, Taking, TransferAllocation
from ..shifts.models import CashDocument

STEP = 400  # numbers asked for in one statement
SENT_BY_BANK = "bank"  # the reason of what was given back by choosing the transfer that carried it

_Origin = aliased(Taking)  # what a giving back undoes
_Back = aliased(Taking)
_Told = aliased(TransferAllocation)


@dataclass(frozen=True, slots=True)
class TransferUse:
    """A part of a transfer with what it was for. `sale`: what its basket became.

    `given_back`: what undid it, `sent_by` the transfer that carried that. Of what was sent: `came_by`, the transfer that is given
    back, or `refund_number`, of the goods that came back.
    """

    allocation: TransferAllocation
    taking: Taking | None
    sale: Sale | None
    document: CashDocument | None
    is_given_up: bool
    given_back: Taking | None
    sent_by: int | None
    came_by: int | None
    refund_number: int | None

    @property
    def name(self) -> str:
        """A key of `web/bank_terms.py: TRANSFER_USES`."""
        taking = self.taking
        if self.allocation.kind != AllocationKind.RECEIVED or taking is None:
            return self.allocation.kind
        if taking.debt_of is not None:
            return "debt"
        if self.given_back is not None:
            return "returned"
        return "surplus" if taking.is_surplus or self.is_given_up else "received"

    @property
    def receipt(self) -> int | None:
        """The sale that it paid, or for which too much came."""
        if self.taking is not None and self.taking.debt_of is not None:
            return self.taking.debt_of
        return self.sale.number if self.sale is not None else None

    @property
    def back_reason(self) -> str:
        """Why it was given back, in the words of whoever did; "" where none were asked for."""
        reason = self.given_back.reason if self.given_back is not None else ""
        return "" if reason == SENT_BY_BANK else reason


def list_uses(session: Session, numbers: Sequence[int]) -> dict[int, list[TransferUse]]:
    """By the transfer's number what each was for."""
    found: dict[int, list[TransferUse]] = {}
    for first in range(0, len(numbers), STEP):
        which = TransferAllocation.transfer_number.in_(numbers[first : first + STEP])
        _add_uses(session, _select_uses().where(which), found)
    return found


def list_uses_between(session: Session, first: date, last: date) -> dict[int, list[TransferUse]]:
    """The same of each transfer that was told of from one day to another."""
    found: dict[int, list[TransferUse]] = {}
    query = _select_uses().join(BankTransfer, BankTransfer.number == TransferAllocation.transfer_number)
    _add_uses(session, query.where(BankTransfer.business_day.between(first, last)), found)
    return found


def _select_uses() -> Any:
    told = select(func.min(_Told.transfer_number))
    sent_by = told.where(_Told.taking_number == _Back.number).correlate(_Back).scalar_subquery()
    came_by = told.where(_Told.taking_number == _Origin.number).correlate(_Origin).scalar_subquery()
    return (
        select(
            TransferAllocation, Taking, Sale, CashDocument, Basket.state, _Back, sent_by, came_by, _Origin.refund_number
        )
        .outerjoin(Taking, Taking.number == TransferAllocation.taking_number)
        .outerjoin(Basket, Basket.id == Taking.basket_id)
        .outerjoin(Sale, (Sale.basket_id == Taking.basket_id) & Sale.refunds.is_(None))
        .outerjoin(CashDocument, CashDocument.id == TransferAllocation.document_id)
        .outerjoin(_Back, _Back.undoes == Taking.number)
        .outerjoin(_Origin, _Origin.number == Taking.undoes)
        .order_by(TransferAllocation.number)
    )  # fmt: skip


def _add_uses(session: Session, query: Any, found: dict[int, list[TransferUse]]) -> None:
    for allocation, taking, sale, document, state, *more in session.execute(query):
        is_given_up = state == BasketState.EMPTIED
        use = TransferUse(allocation, taking, sale, document, is_given_up, *more)
        found.setdefault(allocation.transfer_number, []).append(use)
