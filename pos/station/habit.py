"""station/habit.py — what a scanner puts around a code and sends for GS1's separator, found from two samples."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from .models import ScannerHabit

PLAIN = "MAU12345"
FIRST, SECOND = "10AB-1", "21XY9"  # a lot, which only the separator ends, and a serial number
GS = "\x1d"
FNC1 = "\xf1"  # how python-barcode writes it
SAMPLES = {"plain": PLAIN, "gs1": FNC1 + FIRST + FNC1 + SECOND}
ENDS = "\r\n\t"  # the keys Enter and Tab: what they end is a scan, and no scanner sends them within one
LONGEST = 8  # letters that a scanner puts around or between; more is another code
_IDENTIFIER = re.compile(r"(?:\][A-Za-z]\d)?")


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """`separator` "": it sends none, so that a lot followed by another element can't be read."""

    prefix: str = ""
    suffix: str = ""
    separator: str = GS

    @property
    def tail(self) -> str:
        """What stands behind a code, before the key that ends it."""
        return self.suffix.rstrip(ENDS)

    @property
    def odd_separator(self) -> str:
        """The separator, where it isn't GS itself."""
        return "" if self.separator == GS else self.separator

    @property
    def loses_separator(self) -> bool:
        return not self.separator

    @property
    def ends_by_silence(self) -> bool:
        return not set(self.suffix) & set(ENDS)


USUAL = ScannerSettings(suffix="\n")


def learn_habit(plain: str, gs1: str) -> ScannerSettings:
    """What is around and between, in what the scanner sent for both samples, as it came.

    Raises Refused (`sample_unread`, with the number of the sample that isn't in it; `samples_differ`).
    """
    before, found, after = plain.partition(PLAIN)
    if not found:
        raise Refused.because("sample_unread", sample=1)
    before = before.removesuffix(_find_identifier_at_end(before))
    before_first, first, rest = gs1.partition(FIRST)
    between, second, end = rest.partition(SECOND)
    if not first or not second:
        raise Refused.because("sample_unread", sample=2)
    odd = max(map(len, (before, after, between))) > LONGEST or any(letter.isalnum() for letter in between)
    if not before_first.startswith(before) or end != after or odd:
        raise Refused.because("samples_differ")
    return ScannerSettings(before, after, between)


def _find_identifier_at_end(text: str) -> str:
    """The symbology identifier (ISO/IEC 15424), which differs from code to code and is read elsewhere."""
    return text[-3:] if len(text) >= 3 and _IDENTIFIER.fullmatch(text[-3:]) else ""


def find_habit(session: Session, station: str) -> ScannerSettings:
    """As taught; else what nearly all scanners do."""
    row = session.get(ScannerHabit, station)
    return ScannerSettings(row.prefix, row.suffix, row.separator) if row else USUAL


def save_habit(session: Session, station: str, habit: ScannerSettings, *, by: Actor, at: datetime) -> None:
    """The scanner of a station speaks so from now on."""
    session.merge(ScannerHabit(station=station, prefix=habit.prefix, suffix=habit.suffix,
                               separator=habit.separator, at=at, by_name=by.name))  # fmt: skip
    record(session, "scanner_taught", by=by, at=at, station=station, prefix=habit.prefix, suffix=habit.suffix,
           separator=habit.separator)  # fmt: skip


def forget_habit(session: Session, station: str, *, by: Actor, at: datetime) -> None:
    """Back to what nearly all scanners do."""
    row = session.get(ScannerHabit, station)
    if row is not None:
        session.delete(row)
        record(session, "scanner_forgotten", by=by, at=at, station=station)
