"""payments/receive.py — what sources tell becomes transfers: each one once, whoever tells of it, however often.

A source that tells a transfer again under its key changes nothing. One that another source told is joined to it
(`join.py`); what could be two waits for a person.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused, Stale
from ..kernel.inserts import insert_values
from ..kernel.tables import get_row, next_number
from .codes import list_purposes
from .find_code import CodeFinder
from .join import BOOKED_WITHIN, Ambiguous, KnownTransfer, could_be, could_be_told_again, find_twin
from .models import BankAccount, BankTransfer, TransferReport
from .purpose_code import DEFAULT_PREFIX
from .signals import BY_HAND, STATEMENT, Direction, TransferSignal
from .told_keys import STEP, ToldKeys, list_changed, list_fresh, read_told_keys

KnownTransfers = dict[
    tuple[Direction, int], dict[int, KnownTransfer]
]  # by what two tellings of one have alike
_COLUMNS = (
    BankTransfer.number, BankTransfer.direction, BankTransfer.amount_vnd, BankTransfer.at, BankTransfer.is_day_only,
    BankTransfer.reference, BankTransfer.purpose, BankTransfer.received_at,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReceivedSignals:
    """`transfers`: the new ones; `joined`: how many were told of by another source before; `waiting`: a person must join them;
    `repeated`: this source told them before. `changed`: their source told another amount or way under the same key; they are left.
    """

    transfers: tuple[BankTransfer, ...]
    joined: int
    waiting: int
    repeated: int
    changed: tuple[TransferSignal, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedSignal:
    """What becomes of a signal. `number`: its transfer's, which is in the books or (`is_new`) is the next free one; None where a
    person must join it. `purpose`: the payment code in its text, "" for none.
    """

    signal: TransferSignal
    purpose: str
    number: int | None
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class SignalForecast:
    """How many signals would become new transfers, join one in the books, wait for a person, or were told before by their source.

    `ends`: by a signal's key which of the four (their names) becomes of it; those told before are left out.
    """

    fresh: int
    joined: int
    waiting: int
    repeated: int
    ends: Mapping[str, str] = field(default_factory=dict)


def receive_signals(
    session: Session, account: BankAccount, signals: Sequence[TransferSignal], *, by: Actor, at: datetime
) -> ReceivedSignals:
    """Write down what a source tells of this account. Raises Refused (`transfer_of_other_account`)."""
    told = read_told_keys(session, account, signals)
    changed = list_changed(signals, told)
    planned = _plan_signals(session, account, signals, told, at)
    found: list[BankTransfer] = []
    for plan in planned:
        if plan.is_new and plan.number is not None:
            transfer = _make_transfer(account, plan.signal, plan.purpose, plan.number, by=by, at=at)
            session.add(transfer)
            found.append(transfer)
    session.flush()
    insert_values(session, TransferReport, [_make_report(account, plan, at) for plan in planned])
    if found:
        _record_received(session, account, found, signals[0].source, by=by, at=at)
    forecast = _count_plans(planned, len(signals))
    repeated = forecast.repeated - len(changed)
    return ReceivedSignals(tuple(found), forecast.joined, forecast.waiting, repeated, changed)


def _record_received(
    session: Session, account: BankAccount, found: Sequence[BankTransfer], source: str, *, by: Actor, at: datetime
) -> None:  # fmt: skip
    came_vnd = sum(transfer.amount_vnd for transfer in found if transfer.direction == Direction.IN)
    record(session, "transfers_received", by=by, at=at, subject=account, seals=found, count=len(found), amount_vnd=came_vnd, source=source)  # fmt: skip


def forecast_signals(
    session: Session, account: BankAccount, signals: Sequence[TransferSignal], at: datetime
) -> SignalForecast:
    """What `receive_signals` would do with them now; nothing is written. Raises Refused as it does."""
    told = read_told_keys(session, account, signals)
    return _count_plans(_plan_signals(session, account, signals, told, at), len(signals))


def _count_plans(planned: Sequence[PlannedSignal], told: int) -> SignalForecast:
    fresh = sum(plan.is_new for plan in planned)
    waiting = sum(plan.number is None for plan in planned)
    ends = {
        plan.signal.source_key: "fresh" if plan.is_new else "waiting" if plan.number is None else "joined" for plan in planned
    }  # fmt: skip
    return SignalForecast(fresh, len(planned) - fresh - waiting, waiting, told - len(planned), ends)


def _plan_signals(
    session: Session, account: BankAccount, signals: Sequence[TransferSignal], told: ToldKeys, at: datetime
) -> list[PlannedSignal]:
    """A plan for each that its source has not told before, the oldest first."""
    if any(signal.account_number not in {"", account.number} for signal in signals):
        raise Refused.because("transfer_of_other_account")
    fresh = list_fresh(signals, told)
    if not fresh:
        return []
    finder = CodeFinder(DEFAULT_PREFIX, list_purposes(session, at))
    sources = {signal.source for signal in fresh}
    only_source = sources.pop() if len(sources) == 1 else ""
    known = _list_known(session, account, fresh, not_by=only_source)
    planned: list[PlannedSignal] = []
    number = next_number(session, BankTransfer.number)
    for signal in sorted(fresh, key=lambda told: (told.at, told.source_key)):
        purpose = _find_purpose(finder, signal)
        alike = known.setdefault((signal.direction, signal.amount_vnd), {})
        twin = None if signal.is_doubtful else find_twin(signal, purpose, alike.values(), at)
        if signal.is_doubtful or isinstance(twin, Ambiguous):
            planned.append(PlannedSignal(signal, purpose, None))
            continue
        is_new = twin is None
        if twin is None:
            twin = _describe_signal(signal, purpose, number, at)
            number += 1
        if only_source:
            alike.pop(twin.number, None)  # a source tells of one transfer once: no later one is it
        else:
            alike[twin.number] = replace(
                twin, sources=twin.sources | {signal.source}, purpose=twin.purpose or purpose, reference=twin.reference or signal.reference
            )  # fmt: skip
        planned.append(PlannedSignal(signal, purpose, twin.number, is_new))
    return planned


def _list_known(
    session: Session, account: BankAccount, fresh: Sequence[TransferSignal], *, not_by: str = ""
) -> KnownTransfers:
    """The account's transfers of those days that have one of these amounts, with who told of each.

    `not_by`: leave those out that this source has told of: a source tells of one transfer once.
    """
    first = min(signal.at for signal in fresh) - BOOKED_WITHIN - timedelta(days=1)
    last = max(signal.at for signal in fresh) + BOOKED_WITHIN + timedelta(days=1)
    is_near = (BankTransfer.account_id == account.id) & BankTransfer.at.between(first, last)
    if not_by:
        mine = aliased(TransferReport)
        by_it = select(mine.id).where(mine.transfer_number == BankTransfer.number, mine.source == not_by)
        is_near &= ~by_it.exists()
    amounts = sorted({signal.amount_vnd for signal in fresh})
    told = TransferReport.source, TransferReport.purpose, TransferReport.reference
    rows: dict[int, tuple[Any, list[tuple[str, str, str]]]] = {}
    for start in range(0, len(amounts), STEP):
        query = (
            select(*_COLUMNS, *told)
            .outerjoin(TransferReport, TransferReport.transfer_number == BankTransfer.number)
            .where(is_near, BankTransfer.amount_vnd.in_(amounts[start : start + STEP]))
        )
        for *facts, source, purpose, reference in session.execute(query):
            reports = rows.setdefault(facts[0], (facts, []))[1]
            if source is not None:
                reports.append((source, purpose, reference))
    known: KnownTransfers = {}
    for facts, reports in rows.values():
        transfer = _describe_known(facts, reports)
        known.setdefault((transfer.direction, transfer.amount_vnd), {})[transfer.number] = transfer
    return known


def _describe_known(facts: Any, reports: Sequence[tuple[str, str, str]]) -> KnownTransfer:
    """`facts`: as `_COLUMNS`; `reports`: source, code and reference of each. What the first source lacked another may have told."""
    number, direction, amount_vnd, at, is_day_only, reference, purpose, told_at = facts
    return KnownTransfer(
        number, Direction.IN if direction == "in" else Direction.OUT, amount_vnd, at, is_day_only,
        reference or _find_only({report[2] for report in reports} - {""}),
        purpose or _find_only({report[1] for report in reports} - {""}),
        frozenset(report[0] for report in reports), told_at,
    )  # fmt: skip


def _find_only(texts: Collection[str]) -> str:
    """The one that there is; "" for none, and for two that contradict each other."""
    return next(iter(texts)) if len(texts) == 1 else ""


def find_purpose(session: Session, transfer: BankTransfer) -> str:
    """The payment code that a transfer was made with: the first source's text may have been cut before it. "" for none."""
    if transfer.purpose:
        return transfer.purpose
    query = select(TransferReport.purpose).where(
        TransferReport.transfer_number == transfer.number, TransferReport.purpose != ""
    )
    return _find_only(set(session.scalars(query)))


def _describe_signal(signal: TransferSignal, purpose: str, number: int, at: datetime) -> KnownTransfer:
    """The transfer that it would become."""
    return KnownTransfer(
        number, signal.direction, signal.amount_vnd, signal.at, signal.is_day_only, signal.reference, purpose, frozenset(), at
    )  # fmt: skip


def _find_purpose(finder: CodeFinder, signal: TransferSignal) -> str:
    """The transfer payment code that the text surely holds; the provider's own finding counts where the text holds none."""
    for text in (signal.text, signal.code):
        if text and (sure := finder.find_sure(text)):
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


def _make_report(account: BankAccount, plan: PlannedSignal, at: datetime) -> dict[str, Any]:
    """The columns of `TransferReport`."""
    signal = plan.signal
    return {
        "account_id": account.id, "source": signal.source, "source_key": signal.source_key, "transfer_number": plan.number,
        "direction": signal.direction.value, "amount_vnd": signal.amount_vnd, "at": signal.at, "is_day_only": signal.is_day_only,
        "reference": signal.reference, "purpose": plan.purpose, "text": signal.text, "payer_name": signal.payer_name,
        "payer_account": signal.payer_account, "raw": signal.raw, "received_at": at, "balance_vnd": signal.balance_vnd, "is_open": True,
    }  # fmt: skip


def list_waiting_reports(session: Session) -> Sequence[TransferReport]:
    """What a person must join to a transfer, or call a new one; the oldest first."""
    query = select(TransferReport).where(TransferReport.transfer_number.is_(None))
    return session.scalars(query.order_by(TransferReport.at, TransferReport.id)).all()


def list_by_hand_alone(session: Session, since: datetime) -> Sequence[BankTransfer]:
    """What somebody typed since then for an account with a feed, and the feed has not told of; the oldest first."""
    others = select(TransferReport.id).where(
        TransferReport.transfer_number == BankTransfer.number, TransferReport.source != BY_HAND
    )
    query = (
        select(BankTransfer)
        .join(BankAccount, BankAccount.id == BankTransfer.account_id)
        .where(BankTransfer.business_day >= business_day(since), BankAccount.feed != "", ~others.exists())
    )
    return session.scalars(query.order_by(BankTransfer.number)).all()


def list_possible_twins(session: Session, report: TransferReport) -> list[BankTransfer]:
    """The transfers that a waiting report could tell of: none whose code or number speaks against it.

    Of a statement's line those of its day that an earlier statement told, too: it may be one of them under another key.
    """
    signal = _make_signal(report)
    account = get_row(session, BankAccount, report.account_id, "bank_account_not_found")
    known = _list_known(session, account, [signal]).get((signal.direction, signal.amount_vnd), {})
    numbers = [
        other.number
        for other in known.values()
        if could_be(signal, report.purpose, other)
        or (signal.source == STATEMENT and could_be_told_again(signal, report.purpose, other))
    ]
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
    if number is None:
        _record_received(session, account, [transfer], report.source, by=by, at=at)
    else:
        record(session, "transfer_joined", by=by, at=at, subject=transfer, source=report.source, amount_vnd=transfer.amount_vnd)  # fmt: skip
    return transfer


def list_alike(
    session: Session, account: BankAccount, signal: TransferSignal
) -> list[tuple[BankTransfer, frozenset[str]]]:
    """The account's transfers of the same way, amount and day, with who told of each: what a person may be typing again."""
    day = business_day(signal.at)
    alike = _list_known(session, account, [signal]).get((signal.direction, signal.amount_vnd), {})
    known = {
        transfer.number: transfer.sources for transfer in alike.values() if business_day(transfer.at) == day
    }
    query = select(BankTransfer).where(BankTransfer.number.in_(known)).order_by(BankTransfer.at)
    return [(transfer, known[transfer.number]) for transfer in session.scalars(query)]


def find_told(session: Session, account: BankAccount, source: str, source_key: str) -> TransferReport | None:
    """What the source told under this key; None if it has not yet."""
    query = select(TransferReport).where(
        TransferReport.account_id == account.id, TransferReport.source == source, TransferReport.source_key == source_key
    )  # fmt: skip
    return session.scalars(query).first()


def get_told_transfer(session: Session, account: BankAccount, source: str, source_key: str) -> int | None:
    """The number of the transfer that the source told under this key; None while a person must join it."""
    told = find_told(session, account, source, source_key)
    return told.transfer_number if told else None


def receive_as(
    session: Session, account: BankAccount, signal: TransferSignal, number: int | None, *, by: Actor, at: datetime
) -> BankTransfer:  # fmt: skip
    """Write down a signal of which a person says that it is this transfer, or (None) a new one. Raises Refused (`not_a_twin`)."""
    finder = CodeFinder(DEFAULT_PREFIX, list_purposes(session, at))
    plan = PlannedSignal(signal, _find_purpose(finder, signal), None)
    report = TransferReport(**_make_report(account, plan, at))
    session.add(report)
    session.flush()
    return join_report(session, report, number, by=by, at=at)


def erase_reports(session: Session, transfers: Iterable[BankTransfer]) -> None:
    """Forget who paid: text, name, account and the source's own words. What was paid stays."""
    numbers = [transfer.number for transfer in transfers]
    query = select(TransferReport).where(TransferReport.transfer_number.in_(numbers))
    for report in session.scalars(query):
        report.text = report.payer_name = report.payer_account = report.raw = ""
    session.flush()
