"""settlement/meant.py — a lot's past by the terms that it was put under later, as the books stood when it was put right.

What was sold or lost before is put right by one entry. What comes back of it afterwards goes by the same reckoning as the entry,
and what the lot had sold has filled the bands of its right terms.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..stock.models import Lot
from .fill import Fill
from .lot_facts import LotFacts
from .models import LotTerms
from .rows import BEFORE_ALL, LeftOutRow, OwedKind, OwedRow, Scope

Rows = Sequence[OwedRow | LeftOutRow]


@dataclass(frozen=True, slots=True)
class PutRight:
    """From `at` on a lot that had terms is under others. What it sold since `counts_from` has not filled their bands yet."""

    lot_id: int
    terms_id: int
    at: datetime
    counts_from: datetime = BEFORE_ALL


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
            rows, fill = self._read(Scope(self._producer_id, until=change.at, as_if=key[:2]), self)
            sold = {row.key: row for row in rows if isinstance(row, OwedRow) and row.kind is OwedKind.SOLD}
            self._found[key] = MeantPast(sold, fill)
        return self._found[key]

    def list_uncounted(self, change: PutRight) -> Iterator[OwedRow]:
        """What the lot sold under other terms, and what its right ones have not counted yet."""
        for row in self.find(change).sold.values():
            if row.lot_id == change.lot_id and change.counts_from <= row.at < change.at:
                yield row


def find_put_right(lot: LotFacts, since: datetime, by: datetime) -> PutRight | None:
    """How a lot's terms were put right last up to a moment; None where they are still those of the moment `since`."""
    changes = lot.later_terms if lot.own_terms_id else lot.later_terms[1:]
    done = [(at, terms_id) for at, terms_id in changes if at <= by]
    if not done or done[-1][0] <= since:
        return None
    at, terms_id = done[-1]
    return PutRight(lot.id, terms_id, at)


def list_put_right(session: Session, scope: Scope) -> list[PutRight]:
    """Each time that terms of a producer's lot were put right within a scope, the first first."""
    rows = session.execute(
        select(LotTerms.lot_id, LotTerms.terms_id, LotTerms.at, Lot.terms_id)
        .join(Lot, Lot.id == LotTerms.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .where(Product.producer_id == scope.producer_id)
        .order_by(LotTerms.id)
    )
    stages: dict[int, list[tuple[datetime, int]]] = {}
    found = []
    for lot_id, terms_id, at, own_terms_id in rows:
        before = stages.setdefault(lot_id, [(BEFORE_ALL, own_terms_id)] if own_terms_id else [])
        if before and _is_within(scope, lot_id, at):
            found.append(PutRight(lot_id, terms_id, at, _find_uncounted_since(before, terms_id, at)))
        before.append((at, terms_id))
    return sorted(found, key=lambda change: change.at)


def _is_within(scope: Scope, lot_id: int, at: datetime) -> bool:
    if scope.as_if is None:
        return scope.until is None or at <= scope.until
    return lot_id != scope.as_if[0] and (scope.until is None or at < scope.until)


def _find_uncounted_since(stages: Sequence[tuple[datetime, int]], terms_id: int, at: datetime) -> datetime:
    """Where the lot was under the same terms before, what it sold up to their end is counted."""
    ends = [since for since, _id in stages[1:]] + [at]
    counted = [end for (_since, id_), end in zip(stages, ends, strict=True) if id_ == terms_id]
    return max(counted, default=BEFORE_ALL)
