"""maintenance/verify_settlement.py — producers' accounts: statements are the ledger by the lots' terms, and their balances chain."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..journal.models import JournalRow
from ..journal.payload import read_payload
from ..settlement.entries import PAYOUTS
from ..settlement.models import (
    EntryKind,
    PayoutOrder,
    ProducerEntry,
    Statement,
    StatementRow,
)
from ..settlement.owed import read_account
from ..settlement.rows import format_parts
from ..settlement.statements import GOODS, list_statement_rows
from ..shifts.models import CashCategory, CashDocument
from ..stock.models import LotTerms
from .finding import Finding

BEGUN, DROPPED = "payout_begun", "payout_dropped"


def check_statements(session: Session) -> Iterator[Finding]:
    """Opening balances are the closing ones before, each sum is that of its rows, periods follow one another."""
    last: dict[int, Statement] = {}
    for statement in session.scalars(select(Statement).order_by(Statement.number)):
        name, before = f"statement:{statement.number}", last.get(statement.producer_id)
        if statement.opening_vnd != (before.closing_vnd if before else 0):
            yield Finding("statement", name, "it doesn't begin with what the one before ended with")
        if before is not None and statement.starts <= before.ends:
            yield Finding("statement", name, "its days are on the one before")
        goods_vnd, entries_vnd, rows = _sum_rows(session, statement)
        if (goods_vnd, entries_vnd, rows) != (
            statement.goods_vnd,
            statement.entries_vnd,
            statement.rows_count,
        ):
            yield Finding("statement", name, f"its {rows} rows say {goods_vnd} and {entries_vnd}")
        if statement.closing_vnd != statement.opening_vnd + statement.goods_vnd + statement.entries_vnd:
            yield Finding("statement", name, "its balance isn't what it adds up to")
        yield from _check_rows(session, statement)
        last[statement.producer_id] = statement
        session.expunge_all()


def _sum_rows(session: Session, statement: Statement) -> tuple[int, int, int]:
    sums = session.execute(
        select(StatementRow.kind, func.sum(StatementRow.owed_vnd), func.count())
        .where(StatementRow.statement_number == statement.number)
        .group_by(StatementRow.kind)
    ).all()
    goods = sum(int(vnd) for kind, vnd, _count in sums if kind in GOODS)
    return (
        goods,
        sum(int(vnd) for kind, vnd, _count in sums if kind not in GOODS),
        sum(row[2] for row in sums),
    )


def _check_rows(session: Session, statement: Statement) -> Iterator[Finding]:
    """Each row is what the books say it is worth, and none of the period is missing."""
    account = read_account(
        session, statement.producer_id, until=statement.at, last_day=statement.ends, below=statement.number
    )
    frozen = {
        (row.source, row.lot_id): (
            row.kind,
            row.owed_vnd,
            row.commission_vnd,
            row.fee_vnd,
            row.quantity_milli,
            row.parts,
        )
        for row in list_statement_rows(session, statement.number)
    }
    for row in account.rows:
        should = (
            str(row.kind),
            row.owed_vnd,
            row.worth.commission_vnd,
            row.fee_vnd,
            row.quantity_milli,
            format_parts(row.parts),
        )
        found = frozen.pop(row.key, None)
        if found != should:
            yield Finding(
                "statement",
                f"statement:{statement.number}",
                f"{row.source} should say {row.owed_vnd}, and says {found[1] if found else None}",
            )
    for source, _lot in frozen:
        yield Finding(
            "statement", f"statement:{statement.number}", f"{source} isn't of its period, or is another's"
        )


def check_producer_entries(session: Session) -> Iterator[Finding]:
    """An entry that takes another back is its mirror image; other terms of a lot have their entry where one was needed."""
    taken_back = {entry.number: entry for entry in session.scalars(select(ProducerEntry))}
    for entry in taken_back.values():
        if entry.reverses is not None:
            first = taken_back.get(entry.reverses)
            mirror = (first.producer_id, first.kind, -first.amount_vnd) if first else None
            if mirror != (entry.producer_id, entry.kind, entry.amount_vnd):
                yield Finding(
                    "producer_entry",
                    f"producer_entry:{entry.number}",
                    "it isn't the mirror of what it takes back",
                )
    for change in session.scalars(select(LotTerms).where(LotTerms.entry_number.is_not(None))):
        written = taken_back.get(change.entry_number or 0)
        if written is None or written.kind != EntryKind.TERMS or written.lot_id != change.lot_id:
            yield Finding("producer_entry", f"lot_terms:{change.id}", "its entry is another's")


def check_payouts(session: Session) -> Iterator[Finding]:
    """Each payout is a voucher of the cash book for a producer, of the same sum, and each voucher pays one entry alone."""
    rows: Any = session.execute(
        select(ProducerEntry, CashDocument)
        .outerjoin(CashDocument, CashDocument.id == ProducerEntry.cash_document_id)
        .where(ProducerEntry.kind.in_(PAYOUTS))
    )
    for entry, document in rows:
        name = f"producer_entry:{entry.number}"
        if document is None:
            yield Finding("payout", name, "no voucher of the cash book is of it")
            continue
        is_back = document.from_place is None
        signed_vnd = document.amount_vnd if is_back else -document.amount_vnd
        if document.category != CashCategory.PRODUCER or signed_vnd != entry.amount_vnd:
            yield Finding("payout", name, f"its voucher moves {signed_vnd}, the entry {entry.amount_vnd}")
    yield from _check_orders(session)


def _check_orders(session: Session) -> Iterator[Finding]:
    """Each transfer that was begun is as the journal has it: to whom, how much, dropped or not; its entry is its own."""
    acts = select(JournalRow.kind, JournalRow.subject, JournalRow.payload).where(
        JournalRow.kind.in_((BEGUN, DROPPED))
    )
    begun: dict[str, tuple[str | None, int]] = {}
    dropped = set()
    for kind, subject, payload in session.execute(acts):
        facts = read_payload(payload)
        if kind == BEGUN:
            begun[facts.get("purpose", "")] = subject, facts.get("amount_vnd", 0)
        else:
            dropped.add(facts.get("purpose"))
    for order in session.scalars(select(PayoutOrder)):
        name, known = f"payout_order:{order.id}", begun.pop(order.code, None)
        if known != (f"producer:{order.producer_id}", order.amount_vnd):
            yield Finding("payout", name, f"the journal says {known}")
        if (order.dropped_at is not None) != (order.code in dropped):
            yield Finding("payout", name, "whether it was dropped the journal says otherwise")
        if order.entry_number is None:
            continue
        paid = session.get(ProducerEntry, order.entry_number)
        if paid is None or (paid.producer_id, paid.amount_vnd) != (order.producer_id, -order.amount_vnd):
            yield Finding("payout", name, "its entry is another's")
    for code in begun:
        yield Finding("payout", f"payout_order:{code}", "it is not there any more and no act says so")
