"""settlement/rows.py — a row of a producer's account, and which part of the books is read for it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from fractions import Fraction

from .worth import NO_PARTS, Parts, Worth

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
AFTER_ALL = datetime.max.replace(tzinfo=UTC)


class OwedKind(StrEnum):
    """What happened to the goods of a row."""

    SOLD = "sold"
    REFUNDED = "refunded"
    VOIDED = "voided"
    WRITTEN_OFF = "written_off"
    DESTROYED = "destroyed"
    TASTED = "tasted"
    TO_PRODUCER = "to_producer"
    RECALLED = "recalled"
    RECALL_FAULT = "recall_fault"
    COUNT_LOSS = "count_loss"
    COUNT_FOUND = "count_found"
    BOUGHT = "bought"
    PURCHASE_REVERSED = "purchase_reversed"


@dataclass(frozen=True, slots=True)
class OwedRow:
    """What one row of the books, of one lot, is worth to the producer; of a service or an entry `lot_id` is 0.

    `kind`: an OwedKind, or an EntryKind. `parts`: into which bands of commission the sum fell. `borne_by`: who bears a loss.
    `back_to`: the row that it takes back.
    """

    source: str
    lot_id: int
    kind: str
    at: datetime
    day: date
    name: str
    unit: str
    quantity_milli: int
    worth: Worth
    fee_vnd: int = 0
    terms_id: int | None = None
    parts: Parts = NO_PARTS
    borne_by: str | None = None
    vat_category: str | None = None
    back_to: str | None = None

    @property
    def owed_vnd(self) -> int:
        return self.worth.owed_vnd - self.fee_vnd

    @property
    def key(self) -> tuple[str, int]:
        return self.source, self.lot_id


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """A row of the books whose goods are under no terms: nobody can say yet what it is worth."""

    source: str
    lot_id: int
    kind: str
    at: datetime
    day: date
    name: str
    unit: str
    quantity_milli: int
    gross_vnd: int

    @property
    def key(self) -> tuple[str, int]:
        return self.source, self.lot_id


@dataclass(frozen=True, slots=True)
class Watermarks:
    """Numbers up to which the books were looked at by the last statement: by series."""

    sale: int = 0
    write_off: int = 0
    count: int = 0
    receiving: int = 0
    fault: int = 0
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows of a producer's are read: those above the watermarks, besides `again` (left out by the last statement).

    Of the moments up to `until`, of the business days up to `last_day`; null is no limit. `settled_by`: the last statement, 0
    for none: what it and those before it froze is taken as they did; `settled_to`: its last day. `as_if`: a lot and the terms that it is reckoned by from
    its first day, whatever it came under.
    """

    producer_id: int
    above: Watermarks = Watermarks()
    settled_by: int = 0
    settled_to: date | None = None
    again: frozenset[tuple[str, int]] = frozenset()
    until: datetime | None = None
    last_day: date | None = None
    as_if: tuple[int, int] | None = None

    def has(self, number: int, above: int, key: tuple[str, int], at: datetime, day: date) -> bool:
        """Is this row of the books in it?"""
        if (self.until and at > self.until) or (self.last_day and day > self.last_day):
            return False
        return number > above or key in self.again


def format_parts(parts: Parts) -> str | None:
    """'2000000@2000 500000@1500', as a statement keeps it; None for none."""
    return " ".join(f"{vnd}@{bp}" for vnd, bp in parts) or None


def parse_parts(text: str | None) -> Parts:
    """The other way round."""
    pairs = (part.split("@") for part in (text or "").split())
    return tuple((int(vnd), int(bp)) for vnd, bp in pairs)


def to_milli(quantity: Fraction | int) -> int:
    """Thousandths as a row shows them: of a gift set's lots they may not come out even."""
    return round(quantity)
