"""sales/takings.py — money received without a sale: a card's part of a basket, a voucher sold, a debt paid; and given back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session, aliased

from ..identity.sign_in import describe_approval
from ..journal.queries import find_restore
from ..journal.record import record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.clock import business_day
from ..kernel.errors import Refused, Stale
from ..kernel.reason import Reason
from ..kernel.tables import get_row, next_number
from ..payments.models import TransferReport
from ..payments.signals import BY_HAND
from ..shifts.drawer import expected_cash_vnd, find_open_shift, get_open_shift
from ..shifts.models import DrawerKind, DrawerMove, Shift
from ..vouchers.issue import add_move, issue_voucher
from ..vouchers.models import Voucher, VoucherKind, VoucherMoveKind
from ..vouchers.queries import list_moves, sum_balance
from .basket_money import find_free_vnd, forget_discounts, list_open_takings, release_vouchers
from .basket_version import note_change
from .debts import WRITTEN_OFF, find_debt
from .models import Basket, BasketState, BasketVoucher, TenderKind
from .money_models import Taking, TransferAllocation
from .priced_basket import price_basket
from .sale_day import find_sale_day
from .tenders.card import CardRules
from .tenders.part import PayFacts, TenderPart

PAYS_BEFOREHAND = (TenderKind.CASH, TenderKind.CARD)  # what a voucher and a debt are paid with
NOTE_STEP_VND = 1_000


def get_taking(session: Session, number: int) -> Taking:
    return get_row(session, Taking, number, "taking_not_found")


def take_card_part(
    session: Session,
    basket: Basket,
    amount_vnd: int,
    reference: str,
    *,
    station: str,
    by: Actor,
    at: datetime,
) -> Taking:
    """A card paid a part of the basket; the rest is paid otherwise. Raises Refused (`part_odd`, `reference_missing`, `no_open_shift`)."""
    rest_vnd = price_basket(session, basket, business_day(at)).rest_vnd
    if not 0 < amount_vnd < rest_vnd:
        raise Refused.because("part_odd", most_vnd=max(rest_vnd, 0))
    _refuse_reference(TenderKind.CARD, reference, at)
    taking = write_taking(session, TenderKind.CARD, amount_vnd, get_open_shift(session, station), reference=reference, by=by, at=at,
                           basket_id=basket.id)  # fmt: skip
    basket.is_adjusted = True
    note_change(basket, at)
    record(session, "money_taken", by=by, at=at, subject=basket, seals=[taking], amount_vnd=amount_vnd, tender=taking.kind)  # fmt: skip
    return taking


def _refuse_reference(kind: TenderKind, reference: str, at: datetime) -> None:
    """Raises Refused (`reference_missing`, `tender_odd`)."""
    if kind not in PAYS_BEFOREHAND:
        raise Refused.because("tender_odd")
    if kind is TenderKind.CARD:
        part = TenderPart(kind, 0, reference)
        if wrong := CardRules().list_reasons_against(part, PayFacts(business_day(at))):
            raise Refused(*wrong)


def write_taking(
    session: Session, kind: str, amount_vnd: int, shift: Shift | None, *, by: Actor, at: datetime, reference: str = "",
    **what_for: Any,
) -> Taking:  # fmt: skip
    taking = Taking(
        number=next_number(session, Taking.number), kind=str(kind), amount_vnd=amount_vnd, reference=reference.strip() or None,
        shift_number=shift.number if shift else None, at=at, business_day=find_sale_day(session, at), by_name=by.name, **what_for,
    )  # fmt: skip
    session.add(taking)
    session.flush()
    return taking


def _move_drawer(session: Session, taking: Taking) -> list[DrawerMove]:
    """Cash that was received goes into the drawer, or out of it."""
    if taking.kind != TenderKind.CASH or taking.shift_number is None:
        return []
    move = DrawerMove(
        shift_number=taking.shift_number, kind=DrawerKind.TAKING.value, amount_vnd=taking.amount_vnd,
        document=f"taking:{taking.number}", reason="", at=taking.at,
    )  # fmt: skip
    session.add(move)
    session.flush()
    return [move]


def sell_voucher(
    session: Session,
    value_vnd: int,
    kind: TenderKind,
    *,
    reference: str = "",
    expires_on: date | None,
    station: str,
    by: Actor,
    at: datetime,
) -> tuple[Voucher, str]:
    """Sell a voucher for cash or by card: no sale, but a debt of the shop until it is used. Returns it with its code's letters.

    Raises Refused (`voucher_value_odd`, `tender_odd`, `reference_missing`, `no_open_shift`).
    """
    if value_vnd % NOTE_STEP_VND:
        raise Refused.because("voucher_value_odd")
    _refuse_reference(kind, reference, at)
    shift = get_open_shift(session, station)
    voucher, letters = issue_voucher(
        session, VoucherKind.SOLD, value_vnd, expires_on=expires_on, by=by, at=at
    )
    taking = write_taking(session, kind, value_vnd, shift, reference=reference if kind is TenderKind.CARD else "", by=by, at=at,
                           voucher_number=voucher.number)  # fmt: skip
    record(session, "voucher_sold", by=by, at=at, subject=voucher, seals=[taking, *_move_drawer(session, taking)],
           amount_vnd=value_vnd, tender=taking.kind)  # fmt: skip
    return voucher, letters


def take_voucher_back(
    session: Session, voucher: Voucher, reason: str, *, station: str, by: Actor, at: datetime, approval: Approval | None
) -> Taking:  # fmt: skip
    """A sold voucher that was never used is given back as it was paid, with a manager's word.

    Raises Refused (`voucher_used`, `voucher_given`, `reason_missing`, `drawer_short`), NotAllowed (`manager_needed`).
    """
    paid = session.scalars(
        select(Taking).where(Taking.voucher_number == voucher.number, Taking.amount_vnd > 0)
    ).first()
    if voucher.kind != VoucherKind.SOLD or paid is None:
        raise Refused.because("voucher_given")
    if find_free_vnd(session, voucher) != voucher.value_vnd:
        raise Refused.because("voucher_used")
    if any(move.kind == VoucherMoveKind.USED for move in list_moves(session, voucher.number)):
        raise Refused.because("voucher_used")
    back = _give_back(session, paid, reason, station=station, by=by, at=at, approval=approval)
    move = add_move(
        session,
        voucher.number,
        VoucherMoveKind.CANCELLED,
        -sum_balance(session, voucher.number),
        by=by,
        at=at,
    )
    record(session, "voucher_cancelled", by=by, at=at, subject=voucher, seals=[move], amount_vnd=voucher.value_vnd, reason=back.reason,
           **describe_approval(approval))  # fmt: skip
    return back


def undo_taking(
    session: Session, taking: Taking, reason: str, *, station: str, by: Actor, at: datetime, approval: Approval | None,
    is_in_cash: bool = False, is_looked_up: bool = False,
) -> Taking:  # fmt: skip
    """Give money back that was received for a basket and that no sale has taken up: as it was paid, or in cash. With a manager's word.

    `is_looked_up`: somebody made sure that it was not given back already, in the time that a restore lost.
    Raises Refused (`taking_undone`, `reason_missing`, `drawer_short`, `no_open_shift`, `given_back_perhaps`), NotAllowed (`manager_needed`).
    """
    require_manager(by, approval)
    if not is_looked_up and is_before_restore(session, taking):
        raise Refused.because("given_back_perhaps")
    is_open = taking.basket_id is not None and taking in list_open_takings(session, taking.basket_id)
    if not is_open and not taking.is_surplus:
        raise Refused.because("taking_undone")
    if is_in_cash and taking.kind == TenderKind.TRANSFER and is_typed_alone(session, taking):
        raise Refused.because("transfer_unproved")
    return _give_back(
        session, taking, reason, station=station, by=by, at=at, approval=approval, is_in_cash=is_in_cash
    )


def is_before_restore(session: Session, taking: Taking) -> bool:
    """Was it received before the books were restored? Then it may have been given back in the time that these books don't know."""
    restored_at = find_restore(session)
    return restored_at is not None and taking.at < restored_at


def is_typed_alone(session: Session, taking: Taking) -> bool:
    """Did no account tell of the transfer that brought it, but a person alone? A refund's part is as proved as its sale."""
    told = (
        select(TransferReport.source)
        .join(TransferAllocation, TransferAllocation.transfer_number == TransferReport.transfer_number)
        .where(TransferAllocation.taking_number == taking.number)
    )
    sources = set(session.scalars(told))
    return sources == {BY_HAND}


def _give_back(
    session: Session, taking: Taking, reason: str, *, station: str, by: Actor, at: datetime, approval: Approval | None,
    is_in_cash: bool = False,
) -> Taking:  # fmt: skip
    """What `undo_taking` and `take_voucher_back` share. Raises as they do."""
    require_manager(by, approval)
    undone = session.scalars(select(Taking.number).where(Taking.undoes == taking.number)).first()
    checks = (
        ("taking_undone", undone is not None or taking.amount_vnd <= 0),
        ("reason_missing", not reason.strip()),
    )
    if wrong := [Reason.make(code) for code, fails in checks if fails]:
        raise Refused(*wrong)
    kind = TenderKind.CASH if is_in_cash else TenderKind(taking.kind)
    shift = get_open_shift(session, station) if kind is TenderKind.CASH else find_open_shift(session, station)
    if (
        shift is not None
        and kind is TenderKind.CASH
        and expected_cash_vnd(session, shift) < taking.amount_vnd
    ):
        raise Refused.because("drawer_short")
    back = write_taking(
        session, kind, -taking.amount_vnd, shift, by=by, at=at, basket_id=taking.basket_id, debt_of=taking.debt_of,
        voucher_number=taking.voucher_number, undoes=taking.number, reason=reason.strip(),
    )  # fmt: skip
    basket = session.get(Basket, taking.basket_id) if taking.basket_id is not None else None
    if basket is not None and basket.state in {BasketState.OPEN, BasketState.PARKED}:
        note_change(basket, at)
    record(session, "money_given_back", by=by, at=at, subject=back, seals=[back, *_move_drawer(session, back)],
           amount_vnd=taking.amount_vnd, tender=back.kind, reason=back.reason, **describe_approval(approval))  # fmt: skip
    return back


def give_basket_up(
    session: Session, basket: Basket, reason: str, *, by: Actor, at: datetime, approval: Approval | None
) -> None:
    """A basket with money on it is given up: goods and vouchers are free again, the money is listed to give back.

    Raises Refused (`reason_missing`), NotAllowed (`manager_needed`).
    """
    require_manager(by, approval)
    if basket.state not in {BasketState.OPEN, BasketState.PARKED}:
        raise Stale.because("basket_gone")
    if not reason.strip():
        raise Refused.because("reason_missing")
    received_vnd = sum(row.amount_vnd for row in list_open_takings(session, basket.id))
    forget_discounts(session, basket)
    release_vouchers(session, basket)
    basket.lines.clear()
    basket.state = BasketState.EMPTIED
    note_change(basket, at)
    record(session, "basket_given_up", by=by, at=at, subject=basket, amount_vnd=received_vnd, reason=reason.strip(),
           **describe_approval(approval))  # fmt: skip


def list_to_give_back(session: Session) -> Sequence[Taking]:
    """Money on baskets that were given up, and transfers beyond what was due, which nobody has given back yet."""
    undo = aliased(Taking)
    is_undone = select(undo.number).where(undo.undoes == Taking.number).exists()
    given_up = select(Basket.id).where(Basket.state == BasketState.EMPTIED)
    numbers = union(  # each part by its own index: together they would read all takings
        select(Taking.number).where(Taking.is_surplus.is_(True)),
        select(Taking.number).where(Taking.basket_id.in_(given_up)),
    )
    query = select(Taking).where(Taking.number.in_(numbers), Taking.undoes.is_(None), ~is_undone)
    return session.scalars(query.order_by(Taking.number)).all()


def pay_debt(
    session: Session, sale_number: int, amount_vnd: int, kind: TenderKind, *, reference: str = "", station: str, by: Actor,
    at: datetime,
) -> Taking:  # fmt: skip
    """A buyer pays for a sale on account, all or a part. Raises Refused (`debt_amount_odd`, `tender_odd`, `reference_missing`, `no_open_shift`)."""
    debt = find_debt(session, sale_number)
    open_vnd = debt.open_vnd if debt else 0
    if not 0 < amount_vnd <= open_vnd:
        raise Refused.because("debt_amount_odd", most_vnd=open_vnd)
    _refuse_reference(kind, reference, at)
    taking = write_taking(session, kind, amount_vnd, get_open_shift(session, station), by=by, at=at, debt_of=sale_number,
                           reference=reference if kind is TenderKind.CARD else "")  # fmt: skip
    record(session, "debt_paid", by=by, at=at, subject=taking, seals=[taking, *_move_drawer(session, taking)], sale=sale_number,
           amount_vnd=amount_vnd, tender=taking.kind)  # fmt: skip
    return taking


def write_debt_off(
    session: Session, sale_number: int, reason: str, *, by: Actor, at: datetime, approval: Approval | None
) -> Taking:
    """What is still owed for a sale is let go: a loss of this day. Raises Refused (`debt_amount_odd`, `reason_missing`), NotAllowed (`manager_needed`)."""
    require_manager(by, approval)
    debt = find_debt(session, sale_number)
    checks = (("debt_amount_odd", debt is None or not debt.open_vnd), ("reason_missing", not reason.strip()))
    if wrong := [Reason.make(code) for code, fails in checks if fails]:
        raise Refused(*wrong)
    assert debt is not None  # noqa: S101  refused above
    taking = write_taking(session, WRITTEN_OFF, debt.open_vnd, None, by=by, at=at, debt_of=sale_number, reason=reason.strip())  # fmt: skip
    record(session, "debt_written_off", by=by, at=at, subject=taking, seals=[taking], sale=sale_number, amount_vnd=debt.open_vnd,
           reason=taking.reason, **describe_approval(approval))  # fmt: skip
    return taking


def reserve_voucher(session: Session, basket: Basket, voucher: Voucher, *, by: Actor, at: datetime) -> int:
    """The voucher is to pay of the basket: all that is left on it is reserved. Returns that.

    Raises Refused (`basket_empty`, `voucher_ended`, `voucher_empty`, `voucher_elsewhere`).
    """
    if not basket.lines:
        raise Refused.because("basket_empty")
    if voucher.expires_on is not None and voucher.expires_on < business_day(at):
        raise Refused.because("voucher_ended", ends=voucher.expires_on)
    if sum_balance(session, voucher.number) <= 0:
        raise Refused.because("voucher_empty")
    free_vnd = find_free_vnd(session, voucher, except_basket=basket.id)
    if free_vnd <= 0:
        raise Refused.because("voucher_elsewhere")
    row = session.get(BasketVoucher, (basket.id, voucher.number))
    if row is None:
        row = BasketVoucher(basket_id=basket.id, voucher_number=voucher.number)
        session.add(row)
    row.amount_vnd = free_vnd
    basket.is_adjusted = True
    note_change(basket, at)
    record(
        session, "voucher_reserved", by=by, at=at, subject=basket, voucher=voucher.number, amount_vnd=free_vnd
    )
    return free_vnd


def release_voucher(session: Session, basket: Basket, number: int, *, by: Actor, at: datetime) -> None:
    """The voucher pays nothing of the basket after all. One that is gone already is no fault."""
    row = session.get(BasketVoucher, (basket.id, number))
    if row is not None:
        session.delete(row)
        note_change(basket, at)
        record(session, "voucher_released", by=by, at=at, subject=basket, voucher=number)
