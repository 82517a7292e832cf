"""law/paper_terms.py — how long a paper of a kind may hold by law. Dated data with sources, in papers.toml."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from ..kernel.clock import add_months


@dataclass(frozen=True, slots=True)
class PaperTerm:
    """The longest term of a paper issued from `starts` on: in months, or in calendar years with the year of issue the first."""

    kind: str
    starts: date
    source: str
    months: int = 0
    years: int = 0

    def last_day(self, issued: date) -> date:
        return date(issued.year + self.years - 1, 12, 31) if self.years else add_months(issued, self.months)


@cache
def paper_terms() -> tuple[PaperTerm, ...]:
    """Every term on file, the latest start first."""
    rows = tomllib.loads(resources.files("pos.law").joinpath("papers.toml").read_text("utf-8"))["term"]
    return tuple(sorted((PaperTerm(**row) for row in rows), key=lambda term: term.starts, reverse=True))


@cache
def limited_kinds() -> frozenset[str]:
    """The kinds of papers whose term the law limits."""
    return frozenset(term.kind for term in paper_terms())


@cache
def find_term(kind: str, issued: date) -> PaperTerm | None:
    """The term of a kind for papers issued on that day; None where the law gives none."""
    of_kind = [term for term in paper_terms() if term.kind == kind]
    return next((term for term in of_kind if term.starts <= issued), of_kind[-1] if of_kind else None)


def latest_end(kind: str, issued: date | None, starts: date | None, on: date) -> date | None:
    """The last day that a paper may be good for; None: the law sets none.

    Counted from its issue. Where that isn't known, from its start, and at the latest from `on`, the day on which it
    is judged: no paper is issued later than that.
    """
    base = issued or min(starts or on, on)
    term = find_term(kind, base)
    return term.last_day(base) if term else None


def is_undated(kind: str, issued: date | None, starts: date | None, stated: date | None) -> bool:
    """Does the law limit papers of this kind, while no day is known to count from? Such a paper is good on no day."""
    return issued is None and starts is None and stated is None and kind in limited_kinds()


def lawful_end(
    kind: str, issued: date | None, starts: date | None, stated: date | None, on: date
) -> date | None:
    """The last day of a paper: as `stated`, and no later than its kind's longest term, which also ends one that states none.

    None where nothing is stated and the law sets no term, or there is no day to count it from (`is_undated`).
    """
    if stated is None and issued is None and starts is None:
        return None
    ends = [day for day in (stated, latest_end(kind, issued, starts, on)) if day is not None]
    return min(ends, default=None)
