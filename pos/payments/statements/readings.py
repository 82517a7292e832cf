"""payments/statements/readings.py — statements whose lines were used: who read which period of which account, and days that none covers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...journal.record import record
from ...kernel.actor import Actor
from ...kernel.clock import business_day
from ...kernel.errors import Refused
from ...kernel.tables import get_row
from ..models import BankAccount, StatementReading
from ..receive import ReceivedSignals, SignalForecast
from .preview import StatementPreview

ONE_DAY = timedelta(days=1)
COMPARED = timedelta(days=400)  # gaps that are older are told no more


@dataclass(frozen=True, slots=True)
class StatementGap:
    """Days of an account between two statements, the first and the last of them."""

    account_id: int
    first: date
    last: date


def note_reading(
    session: Session, account: BankAccount, preview: StatementPreview, received: ReceivedSignals, digest: str,
    *, by: Actor, at: datetime,
) -> StatementReading:  # fmt: skip
    """A statement's lines were used; the questions of its preview were confirmed by whoever used it."""
    reading = StatementReading(
        account_id=account.id, digest=digest, at=at, by_name=by.name, starts=preview.starts, ends=preview.ends,
        opening_vnd=preview.sums.opening_vnd, closing_vnd=preview.sums.closing_vnd, difference_vnd=preview.sums.difference_vnd,
        lines_new=len(received.transfers), lines_joined=received.joined, lines_waiting=received.waiting,
        lines_known=received.repeated, odd_rows=len(preview.odd_rows),
    )  # fmt: skip
    session.add(reading)
    session.flush()
    record(
        session, "statement_used", by=by, at=at, subject=account, lines=preview.count_in + preview.count_out,
        lines_new=reading.lines_new, odd_rows=reading.odd_rows, first_day=preview.starts, last_day=preview.ends,
        file_sha256=digest, reasons=[reason.plain() for reason in preview.questions],
    )  # fmt: skip
    return reading


def list_readings(session: Session, *, most: int = 20) -> Sequence[tuple[StatementReading, BankAccount]]:
    """The newest first, each with its account."""
    query = (
        select(StatementReading, BankAccount)
        .join(BankAccount, BankAccount.id == StatementReading.account_id)
        .order_by(StatementReading.id.desc())
        .limit(most)
    )
    return [(reading, account) for reading, account in session.execute(query)]


def find_reading(session: Session, digest: str) -> StatementReading | None:
    """The last time that this very file was read, for whichever account; None if it never was."""
    query = select(StatementReading).where(StatementReading.digest == digest)
    return session.scalars(query.order_by(StatementReading.id.desc())).first()


def would_change_books(forecast: SignalForecast) -> bool:
    """Would any of its lines become more than a repetition?"""
    return bool(forecast.fresh or forecast.joined or forecast.waiting)


def refuse_used(session: Session, digest: str, forecast: SignalForecast) -> None:
    """A file is used once: read with other columns, or for another account, its money would be in the books twice.

    Raises Refused (`statement_used_before`).
    """
    reading = find_reading(session, digest)
    if reading is not None and would_change_books(forecast):
        raise describe_used(session, reading)


def describe_used(session: Session, reading: StatementReading) -> Refused:
    account = get_row(session, BankAccount, reading.account_id, "bank_account_not_found")
    return Refused.because(
        "statement_used_before", account=account.number, day=business_day(reading.at), name=reading.by_name
    )


def list_gaps(session: Session, at: datetime) -> list[StatementGap]:
    """Days between an account's statements that no statement covers."""
    query = select(StatementReading).where(StatementReading.ends >= business_day(at - COMPARED))
    of_account: dict[int, list[StatementReading]] = {}
    for reading in session.scalars(query.order_by(StatementReading.starts, StatementReading.id)):
        of_account.setdefault(reading.account_id, []).append(reading)
    return [gap for readings in of_account.values() for gap in find_gaps(readings)]


def find_gaps(readings: Iterable[StatementReading]) -> list[StatementGap]:
    """Between one account's statements, which come by their first day. A day that was not over when it was read is not covered.

    No gap where the next statement begins with the balance that the last one ended with: nothing happened between.
    """
    gaps: list[StatementGap] = []
    last: StatementReading | None = None
    covered = date.min
    for reading in readings:
        if reading.starts is None or reading.ends is None:
            continue
        is_joined = (
            last is not None and last.closing_vnd is not None and last.closing_vnd == reading.opening_vnd
        )
        if last is not None and reading.starts > covered + ONE_DAY and not is_joined:
            gaps.append(StatementGap(reading.account_id, covered + ONE_DAY, reading.starts - ONE_DAY))
        ends = min(reading.ends, business_day(reading.at) - ONE_DAY)
        if last is None or ends >= covered:
            last, covered = reading, max(ends, reading.starts - ONE_DAY)
    return gaps
