"""sales/claims.py — what transfers were for, row by row; and claims: what a person said has come, until a source tells of it.

A claim ends as proved, as goods that came back, as the buyer's debt, or as a loss. What ended as a debt or a loss counts again when
the money comes after all, or the goods do.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from ..kernel.actor import Actor, Approval
from ..kernel.tables import next_number
from ..payments.models import BankTransfer, TransferReport
from ..shifts.models import Shift
from .debts import WRITTEN_OFF, find_debt, find_debtor, sum_written_off
from .models import Sale, TenderKind
from .money_models import AllocationKind, Taking, TransferAllocation
from .sale_day import find_sale_day
from .takings import write_taking

Rows = list[Taking | TransferAllocation]
_ENDED_VND = (
    select(func.sum(TransferAllocation.amount_vnd))
    .where(TransferAllocation.taking_number == Taking.number)
    .correlate(Taking)
    .scalar_subquery()
)
_Undo = aliased(Taking)
_IS_UNDONE = select(_Undo.number).where(_Undo.undoes == Taking.number).exists()
_CLAIMS = (
    select(Taking, Taking.amount_vnd - func.coalesce(_ENDED_VND, 0))
    .where(Taking.is_claim.is_(True), ~_IS_UNDONE)
    .order_by(Taking.number)
)
_CLAIMS_OF_BASKET = _CLAIMS.where(Taking.basket_id == bindparam("basket_id"))
_ENDED = (
    select(Taking, func.sum(TransferAllocation.amount_vnd))
    .join(TransferAllocation, TransferAllocation.taking_number == Taking.number)
    .where(
        Taking.basket_id == bindparam("basket_id"), Taking.is_claim.is_(True), TransferAllocation.kind == bindparam("kind")
    )
    .group_by(Taking.number)
    .order_by(Taking.number)
)  # fmt: skip
_LEFT = select(func.sum(TransferAllocation.amount_vnd)).where(
    TransferAllocation.transfer_number == bindparam("transfer_number")
)


def allocate(
    session: Session,
    transfer: BankTransfer | None,
    amount_vnd: int,
    kind: AllocationKind = AllocationKind.RECEIVED,
    *,
    taking: Taking | None = None,
    document_id: int | None = None,
    sale_number: int | None = None,
    buyer_id: int | None = None,
    reason: str = "",
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> TransferAllocation:
    """Write what a transfer, or a part of it, was for. Whoever calls it seals it with the act that it belongs to."""
    allocation = TransferAllocation(
        number=next_number(session, TransferAllocation.number), kind=kind.value, amount_vnd=amount_vnd,
        transfer_number=transfer.number if transfer else None, taking_number=taking.number if taking else None,
        document_id=document_id, sale_number=sale_number, buyer_id=buyer_id, reason=reason.strip(), at=at,
        business_day=find_sale_day(session, at), by_name=by.name, approved_by=approval.by.name if approval else None,
    )  # fmt: skip
    session.add(allocation)
    session.flush()
    if transfer is not None and find_left_vnd(session, transfer) == 0:
        _close_reports(session, [transfer.number])
    return allocation


def _close_reports(session: Session, numbers: Sequence[int]) -> None:
    """These transfers belong wholly to something."""
    session.execute(
        update(TransferReport).where(TransferReport.transfer_number.in_(numbers)).values(is_open=None),
        execution_options={"synchronize_session": False},
    )


def is_perhaps_open() -> ColumnElement[bool]:
    """Of `BankTransfer`: may it belong to nothing yet, wholly or in part? What is left of it says whether it does."""
    return BankTransfer.number.in_(
        select(TransferReport.transfer_number).where(
            TransferReport.is_open.is_(True), TransferReport.transfer_number.is_not(None)
        )
    )


def list_closed_transfers(session: Session) -> Sequence[int]:
    """Transfers of which a source told after they belonged wholly to something: their reports are marked open still."""
    query = select(BankTransfer.number).where(is_perhaps_open(), sum_allocated() == BankTransfer.amount_vnd)
    return session.scalars(query).all()


def close_reports(session: Session) -> None:
    """Take the mark from what needs none (`list_closed_transfers`)."""
    _close_reports(session, list_closed_transfers(session))


def find_left_vnd(session: Session, transfer: BankTransfer) -> int:
    """What of a transfer belongs to nothing yet."""
    return transfer.amount_vnd - int(session.scalar(_LEFT, {"transfer_number": transfer.number}) or 0)


def sum_allocated() -> Any:
    """Of a row of `BankTransfer` in another statement: what of it belongs to something, in đồng; null for none."""
    allocated = select(func.sum(TransferAllocation.amount_vnd))
    return (
        allocated.where(TransferAllocation.transfer_number == BankTransfer.number)
        .correlate(BankTransfer)
        .scalar_subquery()
    )


def list_unmatched_transfers(session: Session, *, most: int = 200) -> Sequence[BankTransfer]:
    """Transfers, in and out, that belong to nothing yet, or not wholly; the oldest first."""
    left = BankTransfer.amount_vnd - func.coalesce(sum_allocated(), 0)
    return session.scalars(
        select(BankTransfer).where(is_perhaps_open(), left > 0).order_by(BankTransfer.number).limit(most)
    ).all()


def list_claims(session: Session, basket_id: int | None = None) -> list[tuple[Taking, int]]:
    """What people said had come and no source has told of yet, with how much of each is still unproved; the oldest first."""
    query = _CLAIMS if basket_id is None else _CLAIMS_OF_BASKET
    return [(taking, int(vnd)) for taking, vnd in session.execute(query, {"basket_id": basket_id}) if vnd > 0]


def sum_claims_at(session: Session, station: str) -> int:
    """What of all shifts of a till is still unproved, in đồng."""
    query = _CLAIMS.join(Shift, Shift.number == Taking.shift_number).where(Shift.station == station)
    return sum(int(vnd) for _taking, vnd in session.execute(query) if vnd > 0)


def find_open_vnd(session: Session, claim: Taking) -> int:
    """How much of a claim is still unproved."""
    return next((vnd for taking, vnd in list_claims(session, claim.basket_id) if taking is claim), 0)


def _list_ended(session: Session, basket_id: int, kind: AllocationKind) -> list[tuple[Taking, int]]:
    """A basket's claims of which a part ended so, with that part in đồng."""
    rows = session.execute(_ENDED, {"basket_id": basket_id, "kind": kind.value})
    return [(taking, int(vnd)) for taking, vnd in rows if vnd > 0]


def list_lost_claims(session: Session) -> list[tuple[Taking, int]]:
    """Claims that were let go, wholly or in part, with that part in đồng: money may come after all. The newest first."""
    lost = func.sum(TransferAllocation.amount_vnd)
    query = (
        select(Taking, lost)
        .join(TransferAllocation, TransferAllocation.taking_number == Taking.number)
        .where(Taking.is_claim.is_(True), TransferAllocation.kind == AllocationKind.LOST)
        .group_by(Taking.number)
        .order_by(Taking.number.desc())
    )
    return [(taking, int(vnd)) for taking, vnd in session.execute(query) if vnd > 0]


def prove_claims(
    session: Session, transfer: BankTransfer, basket_id: int, left_vnd: int, *, by: Actor, at: datetime
) -> Rows:
    """The transfer proves what of the basket was confirmed by hand, or pays what the buyer owed instead, or makes a loss good.

    A basket is confirmed once, and what of it never came ends one way: of the three there is one. `left_vnd`: more than 0.
    """
    rows: Rows = []
    for claim, open_vnd in list_claims(session, basket_id):
        part_vnd = min(left_vnd, open_vnd)
        rows.append(allocate(session, transfer, part_vnd, taking=claim, by=by, at=at))
        left_vnd -= part_vnd
    for claim, _owed_vnd in _list_ended(session, basket_id, AllocationKind.OWED):
        part = _pay_debt(session, transfer, find_claimed_sale(session, claim), left_vnd, by=by, at=at)
        rows += part
        left_vnd -= sum(row.amount_vnd for row in part if isinstance(row, TransferAllocation))
    for claim, lost_vnd in _list_ended(session, basket_id, AllocationKind.LOST):
        part_vnd = min(left_vnd, lost_vnd)
        rows.append(allocate(session, None, -part_vnd, AllocationKind.LOST, taking=claim, by=by, at=at))
        rows.append(allocate(session, transfer, part_vnd, taking=claim, by=by, at=at))
        left_vnd -= part_vnd
    return rows


def _pay_debt(
    session: Session, transfer: BankTransfer, sale_number: int, left_vnd: int, *, by: Actor, at: datetime
) -> Rows:
    """The transfer pays what is owed for a sale; what of it was let go is owed again, and paid."""
    debt = find_debt(session, sale_number)
    assert debt is not None  # noqa: S101  the claim ended as this debt
    rows: Rows = []
    again_vnd = min(max(left_vnd - debt.open_vnd, 0), sum_written_off(session, sale_number))
    if again_vnd:
        rows.append(write_taking(session, WRITTEN_OFF, -again_vnd, None, by=by, at=at, debt_of=sale_number))
    if part_vnd := min(left_vnd, debt.open_vnd + again_vnd):
        paid = write_taking(
            session, TenderKind.TRANSFER, part_vnd, None, by=by, at=at, debt_of=sale_number, reference=transfer.reference
        )  # fmt: skip
        rows += [paid, allocate(session, transfer, part_vnd, taking=paid, by=by, at=at)]
    return rows


def find_claimed_sale(session: Session, claim: Taking) -> int:
    """The sale that the claim paid."""
    query = select(Sale.number).where(Sale.basket_id == claim.basket_id, Sale.refunds.is_(None))
    return session.scalars(query).one()


def lower_claims(
    session: Session, sale: Sale, returned: Sale, left_vnd: int, *, by: Actor, at: datetime
) -> Rows:
    """Goods came back for which no money came: off what is unproved, off what the buyer owes instead, off what was let go."""
    rows: Rows = []
    who_and_when: Any = {"by": by, "at": at}
    for kind, claim, open_vnd in _list_unpaid(session, sale):
        part_vnd = min(left_vnd, open_vnd)
        if not part_vnd:
            continue
        if kind is AllocationKind.OWED:
            number = find_claimed_sale(session, claim)
            owed: Any = {"sale_number": number, "buyer_id": find_debtor(session, number)}
            rows.append(allocate(session, None, -part_vnd, kind, taking=claim, **owed, **who_and_when))
        elif kind is AllocationKind.LOST:
            rows.append(allocate(session, None, -part_vnd, kind, taking=claim, **who_and_when))
        refunded, number = AllocationKind.REFUNDED, returned.number
        rows.append(
            allocate(session, None, part_vnd, refunded, taking=claim, sale_number=number, **who_and_when)
        )
        left_vnd -= part_vnd
    return rows


def _list_unpaid(session: Session, sale: Sale) -> list[tuple[AllocationKind | None, Taking, int]]:
    """The parts of claims that no money came for, by how they ended (None: not yet): of the sale, and of the sales whose goods
    were exchanged for its own, because what paid for those is carried on.
    """
    found: list[tuple[AllocationKind | None, Taking, int]] = []
    for each in list_exchanged(session, sale):
        if each.basket_id is not None and _has_claim(session, each.basket_id):
            found += _list_unpaid_of(session, each.number, each.basket_id)
    return found


def list_exchanged(session: Session, sale: Sale) -> list[Sale]:
    """The sale, and those before it of which goods were exchanged for its own, the newest first."""
    chain = [sale]
    while chain[-1].exchange_of is not None:
        returned = session.get_one(Sale, chain[-1].exchange_of)
        chain.append(session.get_one(Sale, returned.refunds))
    return chain


def _list_unpaid_of(
    session: Session, sale_number: int, basket_id: int
) -> list[tuple[AllocationKind | None, Taking, int]]:
    waiting = [(None, claim, vnd) for claim, vnd in list_claims(session, basket_id)]
    owed, lost = (
        [(kind, claim, vnd) for claim, vnd in _list_ended(session, basket_id, kind)]
        for kind in (AllocationKind.OWED, AllocationKind.LOST)
    )
    debt = find_debt(session, sale_number) if owed else None
    written_vnd = sum_written_off(session, sale_number) if owed else 0
    unpaid_vnd = (
        (debt.sold_vnd - debt.paid_vnd + written_vnd) if debt else 0
    )  # a debt that was let go is not paid
    still_owed = []
    for kind, claim, vnd in owed:
        part_vnd = min(vnd, max(unpaid_vnd, 0))
        unpaid_vnd -= part_vnd
        still_owed.append((kind, claim, part_vnd))
    return [*waiting, *still_owed, *lost]


def sum_unproved_vnd(session: Session, sale: Sale) -> int:
    """What of a sale by transfer no money came for: unproved, owed instead, or let go."""
    return sum(vnd for _kind, _claim, vnd in _list_unpaid(session, sale))


def _has_claim(session: Session, basket_id: int) -> bool:
    of_basket = select(Taking.number).where(Taking.basket_id == basket_id, Taking.is_claim.is_(True))
    return session.scalars(of_basket.limit(1)).first() is not None
