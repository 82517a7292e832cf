"""banking/queries.py — a day of the shop's accounts: what was expected, what came, what it was for, and what is still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ..cashbook.queries import read_balance_vnd
from ..kernel.clock import day_end, day_start
from ..kernel.tables import get_row
from ..payments.models import BankAccount, BankTransfer, FeedState, TransferReport
from ..payments.signals import BY_HAND, Direction
from ..sales.claims import find_left_vnd, is_perhaps_open, list_claims, list_lost_claims, sum_allocated
from ..sales.models import Sale, Tender, TenderKind
from ..sales.money_models import Taking, TransferAllocation
from ..sales.takings import list_to_give_back
from ..shifts.models import BANK, CashCategory, CashDocument
from .uses import STEP, list_uses_between

PAGE = 200


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A transfer with what of it belongs to nothing yet, and the text that told of it ("" where it was erased)."""

    transfer: BankTransfer
    account: BankAccount
    left_vnd: int
    text: str
    payer_name: str
    sources: tuple[str, ...]

    @property
    def is_by_hand_alone(self) -> bool:
        """Somebody says so, and no feed or statement has told of it."""
        return set(self.sources) == {BY_HAND}


@dataclass(frozen=True, slots=True)
class BankDay:
    """A day's sums in đồng. `in_uses`, `out_uses`: what of the day's transfers was for what (`web/bank_terms.py: TRANSFER_USES`)."""

    day: date
    in_vnd: int
    in_count: int
    out_vnd: int
    out_count: int
    in_uses: dict[str, int]
    out_uses: dict[str, int]
    sold_vnd: int
    claimed_vnd: int
    fees_vnd: int

    @property
    def by_use(self) -> dict[str, int]:
        """In and out together."""
        names = self.in_uses.keys() | self.out_uses.keys()
        return {name: self.in_uses.get(name, 0) + self.out_uses.get(name, 0) for name in names}

    @property
    def unmatched_in_vnd(self) -> int:
        return self.in_vnd - sum(self.in_uses.values())

    @property
    def unmatched_out_vnd(self) -> int:
        return self.out_vnd - sum(self.out_uses.values())

    @property
    def unmatched_vnd(self) -> int:
        return self.unmatched_in_vnd + self.unmatched_out_vnd


def get_transfer(session: Session, number: int) -> BankTransfer:
    return get_row(session, BankTransfer, number, "transfer_not_found")


def list_unmatched(session: Session, *, most: int = PAGE) -> list[TransferRow]:
    """Transfers, in and out, that belong to nothing yet, or not wholly; the oldest first. The list ends empty."""
    left = BankTransfer.amount_vnd - func.coalesce(sum_allocated(), 0)
    return _list_rows(session, is_perhaps_open() & (left > 0), most)


def list_day(session: Session, day: date, *, most: int = PAGE) -> list[TransferRow]:
    """The transfers that were told of on a day."""
    return _list_rows(session, BankTransfer.business_day == day, most)


def list_between(session: Session, first: date, last: date) -> list[TransferRow]:
    """All transfers that were told of from one day to another."""
    return _list_rows(session, BankTransfer.business_day.between(first, last), None)


def _list_rows(session: Session, which: ColumnElement[bool], most: int | None) -> list[TransferRow]:
    first_report = (
        select(func.min(TransferReport.id))
        .where(TransferReport.transfer_number == BankTransfer.number)
        .correlate(BankTransfer)
    )
    query = (
        select(
            BankTransfer,
            BankAccount,
            func.coalesce(sum_allocated(), 0),
            TransferReport.text,
            TransferReport.payer_name,
        )
        .join(BankAccount, BankAccount.id == BankTransfer.account_id)
        .outerjoin(TransferReport, TransferReport.id == first_report.scalar_subquery())
        .where(which)
        .order_by(BankTransfer.number)
        .limit(most)
    )
    rows = session.execute(query).all()
    sources = _list_sources(session, [row[0].number for row in rows])
    return [
        TransferRow(transfer, account, transfer.amount_vnd - int(vnd), text or "", payer or "", sources.get(transfer.number, ()))
        for transfer, account, vnd, text, payer in rows
    ]  # fmt: skip


def _list_sources(session: Session, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """By transfer who has told of it, each once, the first first."""
    found: dict[int, tuple[str, ...]] = {}
    for first in range(0, len(numbers), STEP):
        query = (
            select(TransferReport.transfer_number, TransferReport.source)
            .where(TransferReport.transfer_number.in_(numbers[first : first + STEP]))
            .order_by(TransferReport.id)
        )
        for number, source in session.execute(query).tuples():
            assert number is not None  # noqa: S101  chosen by it
            found[number] = (*(told for told in found.get(number, ()) if told != source), source)
    return found


def list_reports(session: Session, number: int) -> Sequence[TransferReport]:
    """Who told of a transfer, the first first."""
    query = select(TransferReport).where(TransferReport.transfer_number == number)
    return session.scalars(query.order_by(TransferReport.id)).all()


def list_told_balances(session: Session, first: date, last: date) -> dict[int, int]:
    """The account's balance after each of those transfers, where a source told it."""
    query = (
        select(TransferReport.transfer_number, TransferReport.balance_vnd)
        .join(BankTransfer, BankTransfer.number == TransferReport.transfer_number)
        .where(BankTransfer.business_day.between(first, last), TransferReport.balance_vnd.is_not(None))
        .order_by(TransferReport.id)
    )
    return {int(number or 0): int(vnd or 0) for number, vnd in session.execute(query)}


@dataclass(frozen=True, slots=True)
class BalanceCheck:
    """What the feeds say that the accounts hold, and what the cash book has in the bank."""

    told_vnd: int
    book_vnd: int


def check_balance(session: Session) -> BalanceCheck | None:
    """None where not each account in use has a feed that tells its balance."""
    accounts = select(BankAccount.id).where(~BankAccount.archived)
    told = session.scalars(select(FeedState.balance_vnd).where(FeedState.account_id.in_(accounts))).all()
    balances = [vnd for vnd in told if vnd is not None]
    if not balances or len(balances) != session.scalar(
        select(func.count(BankAccount.id)).where(~BankAccount.archived)
    ):
        return None
    return BalanceCheck(sum(balances), read_balance_vnd(session, BANK))


def list_sent_unseen(session: Session) -> Sequence[Taking]:
    """What was noted as sent back by transfer and no source has told of."""
    told = select(TransferAllocation.number).where(TransferAllocation.taking_number == Taking.number)
    query = select(Taking).where(Taking.kind == TenderKind.TRANSFER, Taking.amount_vnd < 0, ~told.exists())
    return session.scalars(query.order_by(Taking.number)).all()


def list_possible_documents(
    session: Session, transfer: BankTransfer, *, most: int | None = 10
) -> Sequence[CashDocument]:
    """Documents of the cash book that what is left of a transfer may be: the same sum into or out of the bank account, and no transfer yet."""
    used = select(TransferAllocation.number).where(TransferAllocation.document_id == CashDocument.id)
    place = CashDocument.to_place if transfer.direction == Direction.IN else CashDocument.from_place
    query = select(CashDocument).where(
        place == BANK, CashDocument.amount_vnd == find_left_vnd(session, transfer), ~used.exists()
    )
    return session.scalars(query.order_by(CashDocument.id.desc()).limit(most)).all()


def list_possible_claims(session: Session, left_vnd: int) -> list[tuple[Taking, int]]:
    """Claims that a transfer may be, unproved or let go, those of the same sum first."""
    return sorted(
        [*list_claims(session), *list_lost_claims(session)],
        key=lambda claim: (claim[1] != left_vnd, claim[0].number),
    )[:20]


def list_possible_give_backs(session: Session, left_vnd: int) -> list[Taking]:
    """What is to give back, or was noted as sent, and an outgoing transfer may carry; those of its very sum first."""
    owed = [taking for taking in list_to_give_back(session) if taking.kind == TenderKind.TRANSFER]
    possible = [
        taking for taking in (*owed, *list_sent_unseen(session)) if abs(taking.amount_vnd) <= left_vnd
    ]
    return sorted(possible, key=lambda taking: abs(taking.amount_vnd) != left_vnd)


def read_day(session: Session, day: date) -> BankDay:
    """The day's transfers by direction and by what they were for; what was sold by transfer on it, and what of that is unproved."""
    rows = session.execute(
        select(BankTransfer.direction, func.count(), func.sum(BankTransfer.amount_vnd))
        .where(BankTransfer.business_day == day)
        .group_by(BankTransfer.direction)
    )
    sums = {direction: (count, int(vnd)) for direction, count, vnd in rows}
    uses = _sum_uses(session, day)
    in_count, in_vnd = sums.get(Direction.IN, (0, 0))
    out_count, out_vnd = sums.get(Direction.OUT, (0, 0))
    return BankDay(
        day, in_vnd, in_count, out_vnd, out_count, uses[Direction.IN], uses[Direction.OUT], _sum_sold(session, day),
        _sum_claimed(session, day_start(day), day_end(day)), _sum_fees(session, day),
    )  # fmt: skip


def _sum_uses(session: Session, day: date) -> dict[str, dict[str, int]]:
    """By direction and by `TransferUse.name` what of the day's transfers was for what."""
    uses: dict[str, dict[str, int]] = {Direction.IN: {}, Direction.OUT: {}}
    of_day = select(BankTransfer.number, BankTransfer.direction).where(BankTransfer.business_day == day)
    directions = dict(session.execute(of_day).tuples().all())
    for number, parts in list_uses_between(session, day, day).items():
        sums = uses[directions[number]]
        for part in parts:
            sums[part.name] = sums.get(part.name, 0) + part.allocation.amount_vnd
    return uses


def _sum_sold(session: Session, day: date) -> int:
    query = (
        select(func.coalesce(func.sum(Tender.amount_vnd), 0))
        .join(Sale, Sale.number == Tender.sale_number)
        .where(Sale.business_day == day, Tender.kind == TenderKind.TRANSFER, Sale.refunds.is_(None))
    )
    return int(session.scalar(query) or 0)


def _sum_fees(session: Session, day: date) -> int:
    """What the bank kept, by the cash book: of card takings, for the account."""
    query = select(func.coalesce(func.sum(CashDocument.amount_vnd), 0)).where(
        CashDocument.category.in_((CashCategory.CARD_FEE, CashCategory.BANK_FEE)), CashDocument.from_place == BANK,
        CashDocument.business_day == day,
    )  # fmt: skip
    return int(session.scalar(query) or 0)


def _sum_claimed(session: Session, start: datetime, end: datetime) -> int:
    return sum(vnd for claim, vnd in list_claims(session) if start <= claim.at < end)
