"""settlement/meant.py — a lot's past by the terms that it was put under later, as the books stood when it was put right.

What was sold or lost before is put right by one entry. What comes back of it afterwards goes by the same reckoning as the entry,
and what the lot had sold fills the bands of its right terms from then on, and those of the wrong ones no more.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..stock.models import Lot, LotTerms
from ..stock.queries import select_lots_of
from .fill import Fill
from .lot_facts import LotFacts
from .rows import BEFORE_ALL, LeftOutRow, OwedKind, OwedRow, Scope

Rows = Sequence[OwedRow | LeftOutRow]


@dataclass(frozen=True, slots=True)
class PutRight:
    """From `at` on a lot that was under terms (`before_id`) is under others."""

    lot_id: int
    terms_id: int
    before_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MeantPast:
    """What the lot sold, by its keys, and how far each month's bands were filled, had it come under its right terms."""

    sold: Mapping[tuple[str, int], OwedRow]
    fill: Fill


class MeantPasts:
    """Reads the past of a producer's lots as it was meant, each once; `read` lists what was sold within a scope."""

    def __init__(self, producer_id: int, read: Callable[[Scope, "MeantPasts"], tuple[Rows, Fill]]) -> None:
        self._producer_id, self._read = producer_id, read
        self._found: dict[tuple[int, int, datetime], MeantPast] = {}

    def find(self, change: PutRight) -> MeantPast:
        key = change.lot_id, change.terms_id, change.at
        if key not in self._found:
            before = change.at - timedelta(microseconds=1)  # so that no two pasts ask for one another
            rows, fill = self._read(Scope(self._producer_id, until=before, as_if=key[:2]), self)
            sold = {row.key: row for row in rows if isinstance(row, OwedRow) and row.kind is OwedKind.SOLD}
            self._found[key] = MeantPast(sold, fill)
        return self._found[key]

    def list_moved(self, change: PutRight, banded: Collection[int]) -> Iterator[tuple[int, date, int]]:
        """(terms, day, đồng) of what the lot had sold, which from the change on fills the bands of its new terms, and no more of those before.

        `banded`: the terms that have more than one band; of the others nobody asks, and a past is long to read.
        """
        for terms_id, sign in ((change.terms_id, 1), (change.before_id, -1)):
            if terms_id not in banded:
                continue
            for row in self.find(replace(change, terms_id=terms_id)).sold.values():
                if row.lot_id == change.lot_id:
                    yield terms_id, row.day, sign * (row.worth.gross_vnd - row.worth.borne_vnd)


def find_put_right(lot: LotFacts, since: datetime, by: datetime) -> PutRight | None:
    """How a lot's terms were put right last up to a moment; None where they are still those of the moment `since`."""
    stages = [(BEFORE_ALL, lot.own_terms_id)] if lot.own_terms_id else []
    stages += [(at, terms_id) for at, terms_id in lot.later_terms if at <= by]
    if len(stages) < 2 or stages[-1][0] <= since:
        return None
    (_since, before_id), (at, terms_id) = stages[-2:]
    return PutRight(lot.id, terms_id, before_id, at)


def list_put_right(session: Session, scope: Scope) -> list[PutRight]:
    """Each time that terms of a producer's lot were put right within a scope, the first first."""
    rows = session.execute(
        select(LotTerms.lot_id, LotTerms.terms_id, LotTerms.at, Lot.terms_id)
        .join(Lot, Lot.id == LotTerms.lot_id)
        .where(Lot.id.in_(select_lots_of(scope.producer_id)))
        .order_by(LotTerms.id)
    )
    now: dict[int, int] = {}
    found = []
    for lot_id, terms_id, at, own_terms_id in rows:
        before_id = now.get(lot_id, own_terms_id)
        if before_id and _is_within(scope, lot_id, at):
            found.append(PutRight(lot_id, terms_id, before_id, at))
        now[lot_id] = terms_id
    return sorted(found, key=lambda change: change.at)


def _is_within(scope: Scope, lot_id: int, at: datetime) -> bool:
    is_meant = scope.as_if is not None and scope.as_if[0] == lot_id
    return not is_meant and (scope.until is None or at <= scope.until)
