"""payments/receive.py — what sources tell becomes transfers: each one once, whoever tells of it, however often.

A source that tells a transfer again under its key changes nothing. One that another source told is joined to it
(`join.py`); what could be two waits for a person.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused, Stale
from ..kernel.inserts import insert_values
from ..kernel.tables import get_row, next_number
from .codes import list_purposes
from .find_code import Certainty, CodeFinder
from .join import BOOKED_WITHIN, Ambiguous, KnownTransfer, find_twin
from .models import BankAccount, BankTransfer, TransferReport
from .purpose_code import DEFAULT_PREFIX
from .signals import Direction, TransferSignal

STEP = 400  # keys asked for in one statement
_KNOWN_COLUMNS = (
    BankTransfer.number, BankTransfer.direction, BankTransfer.amount_vnd, BankTransfer.at, BankTransfer.is_day_only,
    BankTransfer.reference, BankTransfer.purpose,
)  # fmt: skip
KnownTransfers = dict[
    tuple[Direction, int], dict[int, KnownTransfer]
]  # by what two tellings of one have alike


@dataclass(frozen=True, slots=True)
class ReceivedSignals:
    """`transfers`: the new ones; `joined`: how many were told of by another source before; `waiting`: a person must join them;
    `repeated`: this source told them before.
    """

    transfers: tuple[BankTransfer, ...]
    joined: int
    waiting: int
    repeated: int


def receive_signals(
    session: Session, account: BankAccount, signals: Sequence[TransferSignal], *, by: Actor, at: datetime
) -> ReceivedSignals:
    """Write down what a source tells of this account. Raises Refused (`transfer_of_other_account`)."""
    if any(signal.account_number not in {"", account.number} for signal in signals):
        raise Refused.because("transfer_of_other_account")
    fresh = _list_fresh(session, account, signals)
    if not fresh:
        return ReceivedSignals((), 0, 0, len(signals))
    finder = CodeFinder(DEFAULT_PREFIX, list_purposes(session, at))
    known = _list_known(session, account, fresh)
    found: list[BankTransfer] = []
    reports: list[dict[str, Any]] = []
    joined = waiting = 0
    number = next_number(session, BankTransfer.number)
    for signal in sorted(fresh, key=lambda told: (told.at, told.source_key)):
        purpose = _find_purpose(finder, signal)
        alike = known.setdefault((signal.direction, signal.amount_vnd), {})
        twin = find_twin(signal, purpose, alike.values())
        if isinstance(twin, Ambiguous):
            waiting += 1
            reports.append(_make_report(account, signal, purpose, None, at))
            continue
        if twin is None:
            transfer = _make_transfer(account, signal, purpose, number, by=by, at=at)
            number += 1
            session.add(transfer)
            found.append(transfer)
            twin = _describe_transfer(transfer, frozenset())
        else:
            joined += 1
        alike[twin.number] = replace(
            twin, sources=twin.sources | {signal.source}, purpose=twin.purpose or purpose
        )
        reports.append(_make_report(account, signal, purpose, twin.number, at))
    session.flush()
    insert_values(session, TransferReport, reports)
    if found:
        record(session, "transfers_received", by=by, at=at, subject=account, seals=found, count=len(found),
               amount_vnd=sum(transfer.amount_vnd for transfer in found if transfer.direction == Direction.IN), source=signals[0].source)  # fmt: skip
    return ReceivedSignals(tuple(found), joined, waiting, len(signals) - len(fresh))


def _list_fresh(
    session: Session, account: BankAccount, signals: Sequence[TransferSignal]
) -> list[TransferSignal]:
    """Those that their source has not told before, each once."""
    told: set[tuple[str, str]] = set()
    keys = sorted({signal.source_key for signal in signals})
    for first in range(0, len(keys), STEP):
        query = select(TransferReport.source, TransferReport.source_key).where(
            TransferReport.account_id == account.id, TransferReport.source_key.in_(keys[first : first + STEP])
        )
        told.update((source, key) for source, key in session.execute(query))
    fresh: dict[tuple[str, str], TransferSignal] = {}
    for signal in signals:
        if (name := (signal.source, signal.source_key)) not in told:
            fresh.setdefault(name, signal)
    return list(fresh.values())


def _list_known(session: Session, account: BankAccount, fresh: Sequence[TransferSignal]) -> KnownTransfers:
    """The account's transfers of those days that have one of these amounts, with who told of each."""
    known: KnownTransfers = {}
    first = min(signal.at for signal in fresh) - BOOKED_WITHIN - timedelta(days=1)
    last = max(signal.at for signal in fresh) + BOOKED_WITHIN + timedelta(days=1)
    is_near = (BankTransfer.account_id == account.id) & BankTransfer.at.between(first, last)
    amounts = sorted({signal.amount_vnd for signal in fresh})
    for start in range(0, len(amounts), STEP):
        query = (
            select(*_KNOWN_COLUMNS, TransferReport.source)
            .outerjoin(TransferReport, TransferReport.transfer_number == BankTransfer.number)
            .where(is_near, BankTransfer.amount_vnd.in_(amounts[start : start + STEP]))
        )
        for number, direction, amount_vnd, at, is_day_only, reference, purpose, source in session.execute(
            query
        ):
            way = Direction.IN if direction == "in" else Direction.OUT
            alike = known.setdefault((way, amount_vnd), {})
            sources = {source} if source else set()
            if number in alike:
                sources |= alike[number].sources
            alike[number] = KnownTransfer(
                number, way, amount_vnd, at, is_day_only, reference, purpose, frozenset(sources)
            )
    return known


def _describe_transfer(transfer: BankTransfer, sources: frozenset[str]) -> KnownTransfer:
    return KnownTransfer(
        transfer.number, Direction(transfer.direction), transfer.amount_vnd, transfer.at, transfer.is_day_only,
        transfer.reference, transfer.purpose, sources,
    )  # fmt: skip


def _find_purpose(finder: CodeFinder, signal: TransferSignal) -> str:
    """The transfer payment code that the text surely holds; the provider's own finding counts where the text holds none."""
    for text in (signal.text, signal.code):
        sure = [found.code for found in finder.find(text) if found.certainty is Certainty.SURE]
        if sure:
            return sure[0] if len(sure) == 1 else ""
    return ""


def _make_transfer(
    account: BankAccount, signal: TransferSignal, purpose: str, number: int, *, by: Actor, at: datetime
) -> BankTransfer:
    return BankTransfer(
        number=number, account_id=account.id, direction=signal.direction.value, amount_vnd=signal.amount_vnd, at=signal.at,
        is_day_only=signal.is_day_only, reference=signal.reference, purpose=purpose,
        text_digest=hashlib.sha256(signal.text.encode()).hexdigest(), received_at=at, business_day=business_day(at),
        by_name=by.name,
    )  # fmt: skip


def _make_report(
    account: BankAccount, signal: TransferSignal, purpose: str, transfer_number: int | None, at: datetime
) -> dict[str, Any]:
    return {
        "account_id": account.id, "source": signal.source, "source_key": signal.source_key, "transfer_number": transfer_number,
        "direction": signal.direction.value, "amount_vnd": signal.amount_vnd, "at": signal.at, "is_day_only": signal.is_day_only,
        "reference": signal.reference, "purpose": purpose, "text": signal.text, "payer_name": signal.payer_name,
        "payer_account": signal.payer_account, "raw": signal.raw, "received_at": at,
    }  # fmt: skip


def list_waiting_reports(session: Session) -> Sequence[TransferReport]:
    """What a person must join to a transfer, or call a new one; the oldest first."""
    query = select(TransferReport).where(TransferReport.transfer_number.is_(None))
    return session.scalars(query.order_by(TransferReport.at, TransferReport.id)).all()


def list_possible_twins(session: Session, report: TransferReport) -> list[BankTransfer]:
    """The transfers that a waiting report could tell of."""
    signal = _make_signal(report)
    known = _list_known(
        session, get_row(session, BankAccount, report.account_id, "bank_account_not_found"), [signal]
    )
    alike = known.get((signal.direction, signal.amount_vnd), {})
    numbers = [transfer.number for transfer in alike.values() if report.source not in transfer.sources]
    query = select(BankTransfer).where(BankTransfer.number.in_(numbers))
    return list(session.scalars(query.order_by(BankTransfer.at)))


def _make_signal(report: TransferReport) -> TransferSignal:
    return TransferSignal(
        report.source, report.source_key, "", Direction(report.direction), report.amount_vnd, report.at,
        reference=report.reference, text=report.text, is_day_only=report.is_day_only,
    )  # fmt: skip


def join_report(
    session: Session, report: TransferReport, number: int | None, *, by: Actor, at: datetime
) -> BankTransfer:
    """A person says that the report is of this transfer, or (None) of a new transfer. Raises Stale (`report_joined`), Refused (`not_a_twin`)."""
    if report.transfer_number is not None:
        raise Stale.because("report_joined")
    account = get_row(session, BankAccount, report.account_id, "bank_account_not_found")
    if number is None:
        signal = _make_signal(report)
        transfer = _make_transfer(account, signal, report.purpose, next_number(session, BankTransfer.number), by=by, at=at)  # fmt: skip
        session.add(transfer)
    else:
        twins = {twin.number: twin for twin in list_possible_twins(session, report)}
        if number not in twins:
            raise Refused.because("not_a_twin")
        transfer = twins[number]
    report.transfer_number = transfer.number
    session.flush()
    record(session, "transfer_joined" if number else "transfers_received", by=by, at=at, subject=transfer,
           seals=[] if number else [transfer], source=report.source, amount_vnd=transfer.amount_vnd)  # fmt: skip
    return transfer


def erase_reports(session: Session, transfers: Iterable[BankTransfer]) -> None:
    """Forget who paid: text, name, account and the source's own words. What was paid stays."""
    numbers = [transfer.number for transfer in transfers]
    query = select(TransferReport).where(TransferReport.transfer_number.in_(numbers))
    for report in session.scalars(query):
        report.text = report.payer_name = report.payer_account = report.raw = ""
    session.flush()
