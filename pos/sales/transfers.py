"""sales/transfers.py — a basket is paid by bank transfer: its code, the money that comes, the sale that completes by itself.

Money that comes for a code counts towards its basket, whichever code of it was paid; what is more than due is to give back.
The sale completes by itself only as it was shown: that version, an open shift at that till, the same business day, and the
gate's yes. Else it waits for a person, who sees why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import SYSTEM, Actor, Approval, Role, has_managers_word
from ..kernel.clock import business_day
from ..kernel.errors import NotAllowed, Refused
from ..payments.accounts import find_account_of
from ..payments.codes import find_code, find_shown_code, show_code
from ..payments.models import BankTransfer, PaymentCode, TransferReport
from ..payments.receive import find_purpose
from ..payments.signals import Direction
from ..shifts.drawer import find_open_shift
from ..shop.limits import get_limits
from ..shop.models import get_shop
from .basket import get_basket, get_open_basket
from .basket_money import list_open_takings
from .basket_version import note_same_goods
from .claims import allocate, find_left_vnd, is_perhaps_open, list_claims, prove_claims
from .models import Basket, BasketState, Sale, TenderKind
from .money_models import Taking, TransferAllocation
from .pay import get_payable_basket, pay_basket, refuse_unapproved_discounts
from .priced_basket import price_basket
from .takings import write_taking

TO_BE_PAID = frozenset({BasketState.OPEN, BasketState.PARKED})
TOLD_FOR = timedelta(minutes=2)  # how long the till says that a transfer has paid
HELD_FOR = timedelta(hours=24)  # a code that was shown so long ago is no more on the till


class Waits(StrEnum):
    """Why a basket whose money came is not sold by itself."""

    CHANGED = "changed"  # other goods, or another till
    NO_SHIFT = "no_shift"
    OTHER_DAY = "other_day"
    REFUSED = "refused"  # the gate, or an approval that is missing
    TOO_MUCH = "too_much"  # goods were taken off: more was received than is due


class CodeStateKind(StrEnum):
    WAITING = "waiting"
    SHORT = "short"
    PAID = "paid"
    WAITS = "waits"  # its money came; `waits_for` says why it is not sold
    GONE = "gone"  # paid otherwise, or given up


@dataclass(frozen=True, slots=True)
class CodeState:
    """A payment code as the till shows it, in đồng. `surplus_vnd`: what came over the due and is to give back.
    `is_claimed`: sold because somebody said that it came, and no source has told of it yet.
    """

    code: PaymentCode
    kind: CodeStateKind
    received_vnd: int = 0
    missing_vnd: int = 0
    surplus_vnd: int = 0
    sale: Sale | None = None
    is_claimed: bool = False

    @property
    def fingerprint(self) -> str:
        """Changes whenever the till would say something else."""
        return f"{self.code.id}.{self.kind}.{self.received_vnd}.{self.missing_vnd}.{self.surplus_vnd}.{self.code.waits_for}.{bool(self.code.link_text):d}"


def show_basket_code(session: Session, *, station: str, by: Actor, at: datetime) -> PaymentCode:
    """The code for what is left to pay of the till's basket, to the đồng.

    Raises Refused (`no_bank_account`, `nothing_to_pay`, `no_open_shift`, each line's reasons, those of `show_code`), NotAllowed where
    a discount needs approval.
    """
    basket = get_open_basket(session, station)
    _basket, priced = get_payable_basket(session, basket.id, basket.version, station, business_day(at))
    refuse_unapproved_discounts(session, priced, by)
    account = find_account_of(session, station)
    if account is None:
        raise Refused.because("no_bank_account")
    if priced.rest_vnd <= 0:
        raise Refused.because("nothing_to_pay")
    if find_open_shift(session, station) is None:
        raise Refused.because("no_open_shift")
    return show_code(
        session, account, basket.id, basket.version, priced.rest_vnd, station=station, by=by, at=at
    )


def read_code_state(session: Session, code: PaymentCode, at: datetime) -> CodeState:
    """How a code's basket stands: what came for it by transfer, and what is still missing."""
    basket = get_basket(session, code.basket_id)
    received_vnd, surplus_vnd = _sum_received(session, basket)
    if basket.state == BasketState.PAID:
        sale = session.scalars(
            select(Sale).where(Sale.basket_id == basket.id, Sale.refunds.is_(None))
        ).first()
        return CodeState(
            code,
            CodeStateKind.PAID if received_vnd else CodeStateKind.GONE,
            received_vnd,
            0,
            surplus_vnd,
            sale,
            bool(list_claims(session, basket.id)),
        )
    if basket.state not in TO_BE_PAID:
        return CodeState(code, CodeStateKind.GONE, received_vnd, 0, surplus_vnd)
    missing_vnd = max(0, price_basket(session, basket, business_day(at)).rest_vnd)
    if code.waits_for:
        kind = CodeStateKind.WAITS
    else:
        kind = CodeStateKind.SHORT if received_vnd else CodeStateKind.WAITING
    return CodeState(code, kind, received_vnd, missing_vnd, surplus_vnd)


def _sum_received(session: Session, basket: Basket) -> tuple[int, int]:
    """What came for a basket by transfer: what counts towards it, and what is over."""
    surplus = func.coalesce(Taking.is_surplus, False)
    undone = select(Taking.undoes).where(Taking.undoes.is_not(None))
    query = select(surplus, func.sum(Taking.amount_vnd)).where(
        Taking.basket_id == basket.id, Taking.kind == TenderKind.TRANSFER, Taking.undoes.is_(None),
        Taking.refund_number.is_(None), Taking.number.not_in(undone),
    )  # fmt: skip
    sums = {bool(over): int(vnd) for over, vnd in session.execute(query.group_by(surplus))}
    return sums.get(False, 0), sums.get(True, 0)


def take_transfer(
    session: Session, transfer: BankTransfer, *, by: Actor = SYSTEM, at: datetime
) -> PaymentCode | None:
    """Money that names a code goes to its basket: proves what was confirmed by hand, pays what is due, the rest is to give back.

    None where it names no code that was shown, left the account, or has been dealt with: a person says what it was for.
    """
    code = find_code(session, find_purpose(session, transfer))
    left_vnd = find_left_vnd(session, transfer)
    if code is None or transfer.direction != Direction.IN or left_vnd <= 0:
        return None
    take_for_basket(session, transfer, get_basket(session, code.basket_id), left_vnd, by=by, at=at)
    return code


def take_for_basket(
    session: Session, transfer: BankTransfer, basket: Basket, left_vnd: int, *, by: Actor, at: datetime
) -> None:
    """So much of a transfer is for this basket (`take_transfer`)."""
    rows = prove_claims(session, transfer, basket.id, left_vnd, by=by, at=at)
    left_vnd -= sum(
        row.amount_vnd for row in rows if isinstance(row, TransferAllocation) and row.transfer_number
    )
    if left_vnd and basket.state in TO_BE_PAID:
        due_vnd = min(left_vnd, max(0, price_basket(session, basket, business_day(at)).rest_vnd))
        if due_vnd:
            rows += _take(session, transfer, due_vnd, basket, by=by, at=at)
            left_vnd -= due_vnd
            basket.is_adjusted = True
            note_same_goods(session, basket, at)
    if left_vnd:
        rows += _take(session, transfer, left_vnd, basket, is_surplus=True, by=by, at=at)
    record(session, "transfer_taken", by=by, at=at, subject=basket, seals=rows, transfer=transfer.number,
           amount_vnd=sum(row.amount_vnd for row in rows if isinstance(row, TransferAllocation) and row.transfer_number), surplus_vnd=left_vnd)  # fmt: skip


def _take(
    session: Session, transfer: BankTransfer, amount_vnd: int, basket: Basket, *, is_surplus: bool = False, by: Actor, at: datetime
) -> list[Taking | TransferAllocation]:  # fmt: skip
    shift = find_open_shift(session, basket.station)
    taking = write_taking(
        session, TenderKind.TRANSFER, amount_vnd, shift, by=by, at=at, basket_id=basket.id, reference=transfer.reference,
        is_surplus=True if is_surplus else None,
    )  # fmt: skip
    return [taking, allocate(session, transfer, amount_vnd, taking=taking, by=by, at=at)]


def complete_by_itself(session: Session, basket_id: int, at: datetime) -> Sale | None:
    """Sell a basket whose money is there, if all is as it was shown with the code that was paid; else note why it waits.

    None: it is short, was sold or given up already, or waits for a person. Raises Refused, NotAllowed or Stale as `pay_basket`: the caller
    then notes `Waits.REFUSED` in another unit of work.
    """
    basket = get_basket(session, basket_id)
    if basket.state not in TO_BE_PAID or not list_open_takings(session, basket.id):
        return None
    code = _find_paid_code(session, basket) or find_shown_code(session, basket.id)
    rest_vnd = price_basket(session, basket, business_day(at)).rest_vnd
    if code is None or rest_vnd > 0:
        return None
    waits = _find_waits(session, code, basket, rest_vnd, at)
    if waits is not None:
        note_waits(session, basket_id, waits, at)
        return None
    by = Actor(code.shown_by, code.shown_by_name, Role.CASHIER, code.station)
    return pay_basket(
        session, basket.id, basket.version, station=basket.station, by=by, at=at, is_parked=True
    )


def note_waits(session: Session, basket_id: int, waits: Waits, at: datetime) -> None:
    """A person must finish the basket, or give it up: its money has come."""
    shown = find_shown_code(session, basket_id)
    assert shown is not None  # noqa: S101  money came for its code, and only a newer code takes one's place
    shown.waits_for = waits.value
    record(
        session, "transfer_waits", by=SYSTEM, at=at, subject=get_basket(session, basket_id), waits=waits.value
    )


def _find_paid_code(session: Session, basket: Basket) -> PaymentCode | None:
    """The code that the newest transfer for the basket bore."""
    query = (
        select(PaymentCode)
        .join(BankTransfer, BankTransfer.purpose == PaymentCode.purpose)
        .join(TransferAllocation, TransferAllocation.transfer_number == BankTransfer.number)
        .join(Taking, Taking.number == TransferAllocation.taking_number)
        .where(Taking.basket_id == basket.id, PaymentCode.basket_id == basket.id)
        .order_by(TransferAllocation.number.desc())
    )
    return session.scalars(query.limit(1)).first()


def _find_waits(
    session: Session, code: PaymentCode, basket: Basket, rest_vnd: int, at: datetime
) -> Waits | None:
    checks = (
        (Waits.CHANGED, code.basket_version != basket.version or code.station != basket.station),
        (Waits.TOO_MUCH, rest_vnd < 0),
        (Waits.OTHER_DAY, business_day(code.shown_at) != business_day(at)),
        (Waits.NO_SHIFT, find_open_shift(session, basket.station) is None),
    )
    return next((waits for waits, fails in checks if fails), None)


def confirm_by_hand(
    session: Session, code: PaymentCode, *, station: str, by: Actor, at: datetime, approval: Approval | None
) -> Sale:
    """Somebody has seen the money in the bank's app: the basket is sold; it stays unproved until a source tells of the transfer.

    A cashier alone may do so up to the shop's limit (`Shop.transfer_limit_vnd`). Raises NotAllowed (`transfer_needs_manager`), Refused and
    Stale as `pay_basket`.
    """
    basket = get_basket(session, code.basket_id)
    _basket, priced = get_payable_basket(session, basket.id, basket.version, station, business_day(at))
    if priced.rest_vnd <= 0:
        raise Refused.because("nothing_to_pay")
    limit_vnd = get_limits(get_shop(session)).transfer_vnd
    if priced.rest_vnd > limit_vnd and not has_managers_word(by, approval):
        raise NotAllowed.because("transfer_needs_manager", limit_vnd=limit_vnd)
    claim = write_taking(session, TenderKind.TRANSFER, priced.rest_vnd, find_open_shift(session, station), by=by, at=at,
                         basket_id=basket.id, is_claim=True)  # fmt: skip
    basket.is_adjusted = True
    note_same_goods(session, basket, at)
    record(session, "transfer_confirmed_by_hand", by=by, at=at, subject=basket, seals=[claim], amount_vnd=claim.amount_vnd,
           **describe_approval(approval))  # fmt: skip
    return pay_basket(session, basket.id, basket.version, station=station, by=by, at=at, approval=approval)


def list_on_till(session: Session, station: str, at: datetime, *, most: int = 12) -> list[CodeState]:
    """The newest code of each basket that this till has shown and that waits; and those that were paid a moment ago. The newest first."""
    is_waiting = Basket.state.in_(TO_BE_PAID) & (PaymentCode.shown_at > at - HELD_FOR)
    is_just_paid = (Basket.state == BasketState.PAID) & (Basket.changed_at > at - TOLD_FOR)
    query = (
        select(PaymentCode)
        .join(Basket, Basket.id == PaymentCode.basket_id)
        .where(PaymentCode.station == station, PaymentCode.replaced_at.is_(None), is_waiting | is_just_paid)
        .order_by(PaymentCode.id.desc())
        .limit(most)
    )
    states = [read_code_state(session, code, at) for code in session.scalars(query)]
    return [state for state in states if state.kind is not CodeStateKind.GONE]


def list_open_codes(session: Session, at: datetime, *, most: int = 50) -> list[CodeState]:
    """The newest code of each basket of any till that was shown lately and is not settled; those that wait for a person are never old."""
    is_lately = (PaymentCode.shown_at > at - HELD_FOR) | (PaymentCode.waits_for != "")
    query = (
        select(PaymentCode)
        .join(Basket, Basket.id == PaymentCode.basket_id)
        .where(PaymentCode.replaced_at.is_(None), Basket.state.in_(TO_BE_PAID), is_lately)
        .order_by(PaymentCode.id.desc())
        .limit(most)
    )
    return [read_code_state(session, code, at) for code in session.scalars(query)]


def list_unfinished(session: Session) -> Sequence[int]:
    """Baskets that have money that came by transfer and are neither sold nor waiting for a person: what just came, or a power cut left. Their ids."""
    has_money = select(Taking.number).where(
        Taking.basket_id == PaymentCode.basket_id,
        Taking.kind == TenderKind.TRANSFER,
        Taking.is_surplus.is_not(True),
    )
    query = (
        select(PaymentCode.basket_id)
        .join(Basket, Basket.id == PaymentCode.basket_id)
        .where(
            Basket.state.in_(TO_BE_PAID), PaymentCode.replaced_at.is_(None), PaymentCode.waits_for == "", has_money.exists()
        )
        .order_by(PaymentCode.id)
    )  # fmt: skip
    return session.scalars(query).all()


def list_untaken(session: Session) -> Iterable[BankTransfer]:
    """Incoming transfers that name a code that was shown, and have been taken for nothing yet."""
    taken = select(TransferAllocation.number).where(TransferAllocation.transfer_number == BankTransfer.number)
    shown = select(PaymentCode.purpose)
    told = select(TransferReport.id).where(
        TransferReport.transfer_number == BankTransfer.number, TransferReport.purpose.in_(shown)
    )
    query = (
        select(BankTransfer)
        .where(
            is_perhaps_open(),
            BankTransfer.direction == Direction.IN,
            BankTransfer.purpose.in_(shown) | told.exists(),
            ~taken.exists(),
        )
        .order_by(BankTransfer.number)
    )
    return session.scalars(query).all()
