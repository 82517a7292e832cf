"""settlement/fill.py — how far a month's sales have filled the bands of commission of each terms."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .models import Statement, StatementRow
from .rows import BEFORE_ALL, OwedKind, Scope
from .worth import AgreedTerms, Parts, split_over_bands

MonthKey = tuple[int, date]  # terms, first of the month


@dataclass(slots=True)
class Fill:
    """What each month has sold under each terms so far: a sale adds to it, what comes back frees nothing.

    `marks`: the sums as they stood after each sale, for the commission of what is lost in between.
    """

    sums: dict[MonthKey, int] = field(default_factory=lambda: defaultdict(int))
    marks: dict[MonthKey, list[tuple[datetime, int]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, terms: AgreedTerms, day: date, at: datetime, base_vnd: int) -> Parts:
        """Into which bands a sale falls; they are filled by it."""
        if not terms.bands:
            return ()
        if len(terms.bands) == 1:  # it is the same however much was sold: nobody asks
            return split_over_bands(terms.bands, 0, base_vnd)
        parts = split_over_bands(terms.bands, self.sums[terms.id, day.replace(day=1)], base_vnd)
        self.count(terms.id, day, at, base_vnd)
        return parts

    def count(self, terms_id: int, day: date, at: datetime, base_vnd: int) -> None:
        """From a moment on the month of a day has sold so much more under these terms."""
        key = terms_id, day.replace(day=1)
        self.sums[key] += base_vnd
        self.marks[key].append((at, self.sums[key]))

    def find(self, terms: AgreedTerms, day: date, at: datetime) -> int:
        """What the month had sold by a moment."""
        marks = self.marks.get((terms.id, day.replace(day=1)), [])
        return next((vnd for since, vnd in reversed(marks) if since <= at), 0)


def load_fill(session: Session, scope: Scope, terms: Iterable[AgreedTerms], days: Iterable[date]) -> Fill:
    """What stands on statements already, under terms with more than one band: of the months of `days` (those of the lines that are
    read) and of the day after the last statement, on which something may be lost.
    """
    fill = Fill()
    banded = [each.id for each in terms if len(each.bands) > 1]
    if not banded or scope.settled_to is None:
        return fill
    first_day = find_first_open_day(scope.settled_to, days)
    query = (
        select(
            StatementRow.terms_id, StatementRow.day, func.sum(StatementRow.gross_vnd - StatementRow.borne_vnd)
        )
        .join(Statement, Statement.number == StatementRow.statement_number)
        .where(
            Statement.producer_id == scope.producer_id,
            Statement.number <= scope.settled_by,
            Statement.ends >= first_day,
            StatementRow.terms_id.in_(banded),
            StatementRow.kind == OwedKind.SOLD,
        )
        .group_by(StatementRow.terms_id, StatementRow.day)
    )
    for terms_id, day, base_vnd in session.execute(query).tuples():
        fill.sums[terms_id or 0, day.replace(day=1)] += int(base_vnd)
    for key, vnd in fill.sums.items():
        fill.marks[key].append((BEFORE_ALL, vnd))
    return fill


def find_first_open_day(settled_to: date, days: Iterable[date]) -> date:
    """The first of the month that holds the day after the last statement, or the first of `days` where that is earlier."""
    return min((settled_to + timedelta(days=1), *days)).replace(day=1)
