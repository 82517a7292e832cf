"""settlement/queries.py — readings for the pages of settlement: what each producer's account says at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..producers.models import Producer, ProducerTerms
from ..producers.terms import list_all_producers
from .disputes import list_open_disputes
from .models import (
    PayoutAccount,
    PayoutOrder,
    ProducerEntry,
    Statement,
    StatementDraft,
    StatementRow,
)
from .payout_accounts import list_payout_accounts
from .payouts import list_open_orders
from .rows import OwedRow
from .runs import list_drafts


@dataclass(frozen=True, slots=True)
class ProducerLine:
    """A producer on the page of settlement. `due_vnd`: by the last statement, less what was paid since or is on its way."""

    producer: Producer
    statement: Statement | None
    draft: StatementDraft | None
    due_vnd: int
    open_orders: Sequence[PayoutOrder]
    disputes: int
    account: PayoutAccount | None
    least_vnd: int

    @property
    def is_payable(self) -> bool:
        """Is there enough to be paid out by itself?"""
        return self.due_vnd > 0 and self.due_vnd >= self.least_vnd


@dataclass(frozen=True, slots=True)
class KindSum:
    """What the rows of one kind come to."""

    kind: str
    count: int
    gross_vnd: int
    borne_vnd: int
    commission_vnd: int
    fee_vnd: int
    owed_vnd: int


def list_producer_lines(session: Session, on: date) -> list[ProducerLine]:
    """Every producer with a statement, a draft or a transfer on its way, by name; those who work with the shop besides."""
    statements, drafts, accounts = (
        _list_last_statements(session),
        list_drafts(session),
        list_payout_accounts(session),
    )
    since = _sum_entries_since(session)
    least = _list_least_payouts(session, on)
    orders: dict[int, list[PayoutOrder]] = {}
    for order in list_open_orders(session):
        orders.setdefault(order.producer_id, []).append(order)
    disputes: dict[int, int] = {}
    for _dispute, statement in list_open_disputes(session):
        disputes[statement.producer_id] = disputes.get(statement.producer_id, 0) + 1
    lines = []
    for producer in list_all_producers(session, archived=True):
        last, begun = statements.get(producer.id), orders.get(producer.id, [])
        due_vnd = (
            (last.closing_vnd if last else 0)
            + since.get(producer.id, 0)
            - sum(order.amount_vnd for order in begun)
        )
        line = ProducerLine(
            producer, last, drafts.get(producer.id), due_vnd, begun, disputes.get(producer.id, 0), accounts.get(producer.id),
            least.get(producer.id, 0),
        )  # fmt: skip
        if not producer.archived or line.due_vnd or line.draft or begun:
            lines.append(line)
    return lines


def find_due_vnd(session: Session, producer_id: int, on: date) -> int:
    """What is due to one producer, as the list says it."""
    lines = list_producer_lines(session, on)
    return next((line.due_vnd for line in lines if line.producer.id == producer_id), 0)


def _list_last_statements(session: Session) -> dict[int, Statement]:
    newest = select(func.max(Statement.number)).group_by(Statement.producer_id)
    rows = session.scalars(select(Statement).where(Statement.number.in_(newest)))
    return {statement.producer_id: statement for statement in rows}


def _sum_entries_since(session: Session) -> dict[int, int]:
    """What was paid, deducted and put right after each producer's last statement."""
    last = (
        select(func.max(Statement.up_to_entry))
        .where(Statement.producer_id == ProducerEntry.producer_id)
        .correlate(ProducerEntry)
        .scalar_subquery()
    )
    rows = session.execute(
        select(ProducerEntry.producer_id, func.sum(ProducerEntry.amount_vnd))
        .where(ProducerEntry.number > func.coalesce(last, 0))
        .group_by(ProducerEntry.producer_id)
    )
    return {producer_id: int(vnd) for producer_id, vnd in rows}


def _list_least_payouts(session: Session, on: date) -> dict[int, int]:
    """The least payout of each producer's terms of a day."""
    rows = session.execute(
        select(ProducerTerms.producer_id, ProducerTerms.least_payout_vnd)
        .where(ProducerTerms.starts <= on)
        .order_by(ProducerTerms.starts, ProducerTerms.id)
    )
    return {producer_id: least_vnd or 0 for producer_id, least_vnd in rows.tuples()}


def sum_kinds(rows: Sequence[OwedRow] | Sequence[StatementRow]) -> list[KindSum]:
    """Rows of an account or a statement by what happened, in the order in which the kinds come first."""
    sums: dict[str, list[int]] = {}
    for row in rows:
        worth = row.worth if isinstance(row, OwedRow) else row
        each = sums.setdefault(str(row.kind), [0] * 6)
        for i, vnd in enumerate(
            (1, worth.gross_vnd, worth.borne_vnd, worth.commission_vnd, row.fee_vnd, row.owed_vnd)
        ):
            each[i] += vnd
    return [KindSum(kind, *each) for kind, each in sums.items()]
