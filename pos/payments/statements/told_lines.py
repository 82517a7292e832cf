"""payments/statements/told_lines.py — a file's lines beside those that earlier statements of the account told.

A line's key is the same in every file that is read alike. Read with other columns it gets another, and two lines of two files may
get the same: a line that looks like one of an earlier file and is not surely it or another waits for a person.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...kernel.clock import business_day
from ...kernel.text import fold_text
from ..join import SAME_MOMENT
from ..models import BankAccount, TransferReport
from ..signals import STATEMENT, Direction, TransferSignal

ONE_DAY = timedelta(days=1)
_Alike = tuple[date, str, int]  # what two readings of one line have alike for sure


def compare_with_told(
    session: Session, account: BankAccount, signals: Sequence[TransferSignal]
) -> list[TransferSignal]:
    """The lines as they are to be received: `is_doubtful` where a person must say whether an earlier statement told of it."""
    if not signals:
        return []
    query = select(TransferReport).where(
        TransferReport.account_id == account.id, TransferReport.source == STATEMENT,
        TransferReport.at.between(
            min(signal.at for signal in signals) - ONE_DAY, max(signal.at for signal in signals) + ONE_DAY
        ),
    )  # fmt: skip
    return mark_doubtful(signals, session.scalars(query).all())


def mark_doubtful(
    signals: Sequence[TransferSignal], reports: Iterable[TransferReport]
) -> list[TransferSignal]:
    """Each line under the key that it was told by, or under its own; pure."""
    told = {report.source_key: report for report in reports}
    keyed = [_find_own_key(signal, told) for signal in signals]
    unclaimed = _list_unclaimed(told, {signal.source_key for signal in keyed})
    settled: list[TransferSignal] = []
    for signal in keyed:
        alike = unclaimed.get(_describe_alike(signal), {})
        if signal.source_key in told or not alike:
            settled.append(signal)
            continue
        same = next((key for key, report in alike.items() if _is_same_line(signal, report)), None)
        if same is not None:
            del alike[same]
            settled.append(replace(signal, source_key=same))
        else:
            settled.append(signal)
    return [
        signal
        if signal.source_key in told
        else _mark_if_doubtful(signal, unclaimed.get(_describe_alike(signal), {}))
        for signal in settled
    ]


def _find_own_key(signal: TransferSignal, told: Mapping[str, TransferReport]) -> TransferSignal:
    """Another key where an earlier line has this one and is another: references like 'CK' are counted anew in each file."""
    report = told.get(signal.source_key)
    if report is None or not _is_other_line(signal, report):
        return signal
    facts = f"{signal.source_key}/{signal.at.isoformat()}/{signal.balance_vnd}/{fold_text(signal.text)}"
    return replace(signal, source_key=hashlib.sha256(facts.encode()).hexdigest()[:40])


def _is_other_line(signal: TransferSignal, report: TransferReport) -> bool:
    """Of one key: the balance after it says most, then the time of day, then the text, which may be erased."""
    if signal.balance_vnd is not None and report.balance_vnd is not None:
        return signal.balance_vnd != report.balance_vnd
    if not signal.is_day_only and not report.is_day_only:
        return abs(signal.at - report.at) > SAME_MOMENT
    return bool(signal.text and report.text) and fold_text(signal.text) != fold_text(report.text)


def _list_unclaimed(
    told: Mapping[str, TransferReport], claimed: set[str]
) -> dict[_Alike, dict[str, TransferReport]]:
    """What earlier statements told and no line of this file is by its key."""
    unclaimed: dict[_Alike, dict[str, TransferReport]] = {}
    for key, report in told.items():
        if key not in claimed:
            unclaimed.setdefault(_describe_alike(report), {})[key] = report
    return unclaimed


def _describe_alike(line: TransferSignal | TransferReport) -> _Alike:
    return business_day(line.at), Direction(line.direction).value, line.amount_vnd


def _is_same_line(signal: TransferSignal, report: TransferReport) -> bool:
    """The same in all that a line says, its time of day among it."""
    if signal.is_day_only or report.is_day_only or signal.at != report.at:
        return False
    is_text_same = not report.text or signal.text == report.text
    return is_text_same and (signal.reference, signal.balance_vnd) == (report.reference, report.balance_vnd)


def _mark_if_doubtful(signal: TransferSignal, alike: Mapping[str, TransferReport]) -> TransferSignal:
    if all(_is_surely_other(signal, report) for report in alike.values()):
        return signal
    return replace(signal, is_doubtful=True)


def _is_surely_other(signal: TransferSignal, report: TransferReport) -> bool:
    """At another time of the day, with nothing else alike."""
    if signal.is_day_only or report.is_day_only or abs(signal.at - report.at) <= SAME_MOMENT:
        return False
    is_balance_same = signal.balance_vnd is not None and signal.balance_vnd == report.balance_vnd
    is_reference_same = bool(signal.reference) and signal.reference == report.reference
    return not (is_balance_same or is_reference_same or (signal.text and signal.text == report.text))
