"""reports/sold.py — what was sold in a span of business days, by one of nine things, beside the span before it. In đồng.

What came back is taken off on the day on which it came back. Each sum is of `paid_vnd`: what the buyers paid, after the
rounding of cash; all ways of dividing a span come to the same whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product, ProductGroup, format_product_name
from ..kernel.clock import SHOP_ZONE
from ..producers.models import Producer
from ..sales.models import Extra, Sale, SaleLine
from .sold_lines import (
    SoldBy,
    SoldFilter,
    SoldSums,
    add_sums,
    list_conditions,
    name_key,
    read_line_sums,
    sum_lines,
)
from .sold_sums import A_DAY, SummedDays, find_summed_days, read_paid, read_sums, read_sums_by_day

LONGEST = timedelta(days=3660)
IN_ORDER = {SoldBy.DAY, SoldBy.WEEK, SoldBy.MONTH}
NOTHING = SoldSums()
MOST_NAMED = 500  # more products are named by reading all: a statement's parameters have a limit


class SoldRow(NamedTuple):
    """A row of the table."""

    name: str
    sums: SoldSums
    before_vnd: int
    unit: str
    by: SoldBy
    key: str

    @property
    def filter_fields(self) -> dict[str, str]:
        """The filter's fields that lead to what it is made of."""
        return _find_narrower(self.key, self.by)


@dataclass(frozen=True, slots=True)
class SoldTable:
    rows: Sequence[SoldRow]
    whole: SoldSums
    before_vnd: int


def read_sold(session: Session, asked: SoldFilter, by: SoldBy) -> SoldTable:
    """The table; rows that sold nothing in either span are left out. Days in their order, others by what they brought."""
    now, before = _read_sums(session, asked, by), _read_paid(session, asked.span_before(), by)
    names = _read_names(session, by, {*now, *before})
    keys = [*now, *(key for key in before if key not in now and by not in IN_ORDER)]
    shift = asked.first - asked.span_before().first
    rows = []
    for key in keys:
        before_vnd = before.get(_find_key_before(key, by, shift), 0)
        name, unit = names.get(key, (key, ""))
        rows.append(SoldRow(name, now.get(key, NOTHING), before_vnd, unit, by, key))
    if by not in IN_ORDER:
        rows.sort(key=lambda row: (-row.sums.paid_vnd, row.name))
    return SoldTable(rows, _sum_whole(session, asked), _sum_whole(session, asked.span_before()).paid_vnd)


def _read_sums(session: Session, asked: SoldFilter, by: SoldBy) -> dict[str, SoldSums]:
    """By the key of each row: from the sums of closed days where all is asked for, from the lines of the others."""
    summed, unsummed = _split_span(session, asked) if by is not SoldBy.HOUR else (None, [asked])
    parts = [read_line_sums(session, part, by) for part in unsummed]
    if summed is not None:
        parts.append(_read_kept_sums(session, summed, by))
    found = parts.pop()
    for part in parts:
        for key, sums in part.items():
            found[key] = add_sums(found[key], sums) if key in found else sums
    return dict(sorted(found.items())) if by in IN_ORDER else found


def _read_paid(session: Session, asked: SoldFilter, by: SoldBy) -> dict[str, int]:
    """What was paid by the key of each row."""
    summed, unsummed = _split_span(session, asked)
    paid = read_paid(session, summed, by) if summed is not None and by not in IN_ORDER else None
    if paid is None:
        return {key: sums.paid_vnd for key, sums in _read_sums(session, asked, by).items()}
    for part in unsummed:
        for key, sums in read_line_sums(session, part, by).items():
            paid[key] = paid.get(key, 0) + sums.paid_vnd
    return paid


def _read_kept_sums(session: Session, days: SummedDays, by: SoldBy) -> dict[str, SoldSums]:
    if by in IN_ORDER:
        found: dict[str, SoldSums] = {}
        for day, sums in read_sums_by_day(session, days).items():
            key = name_key(day, by)
            found[key] = add_sums(found[key], sums) if key in found else sums
        return found
    kept = read_sums(session, days, by)
    return kept if kept is not None else read_line_sums(session, SoldFilter(days.first, days.last), by)


def _sum_whole(session: Session, asked: SoldFilter) -> SoldSums:
    summed, unsummed = _split_span(session, asked)
    whole = NOTHING
    for part in unsummed:
        whole = add_sums(whole, sum_lines(session, part))
    for sums in read_sums_by_day(session, summed).values() if summed is not None else ():
        whole = add_sums(whole, sums)
    return whole


def _split_span(session: Session, asked: SoldFilter) -> tuple[SummedDays | None, list[SoldFilter]]:
    """The days of the span that have sums, and what is left of it; no sums for lines that are filtered."""
    there = find_summed_days(session)
    if asked != SoldFilter(asked.first, asked.last) or there is None:
        return None, [asked]
    summed = SummedDays(max(asked.first, there.first), min(asked.last, there.last))
    if summed.first > summed.last:
        return None, [asked]
    rest = (asked.first, summed.first - A_DAY), (summed.last + A_DAY, asked.last)
    return summed, [SoldFilter(first, last) for first, last in rest if first <= last]


def _find_key_before(key: str, by: SoldBy, shift: timedelta) -> str:
    """What a row stands beside: a day beside the one as many days earlier, others beside themselves; weeks and months beside nothing."""
    if by is SoldBy.DAY:
        return (date.fromisoformat(key) - shift).isoformat()
    return "" if by in IN_ORDER else key


def _find_narrower(key: str, by: SoldBy) -> dict[str, str]:
    match by:
        case SoldBy.DAY:
            return {"first": key, "last": key}
        case SoldBy.WEEK:
            return {"first": key, "last": (date.fromisoformat(key) + timedelta(days=6)).isoformat()}
        case SoldBy.MONTH:
            first = date.fromisoformat(key)
            last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
            return {"first": key, "last": last.isoformat()}
        case SoldBy.PRODUCT:
            kind, _, id_ = key.partition(":")
            return {kind: id_}
        case SoldBy.HOUR:
            return {}
        case _:
            return {by.value: key}


def _read_names(session: Session, by: SoldBy, keys: set[str]) -> dict[str, tuple[str, str]]:
    """The name and the unit of each key that is an id."""
    if by is SoldBy.PRODUCT:
        extras = session.scalars(select(Extra))
        return _read_product_names(session, keys) | {
            f"extra:{extra.id}": (extra.name_vi, "piece") for extra in extras
        }
    if by is SoldBy.PRODUCER:
        return {str(producer.id): (producer.name, "") for producer in session.scalars(select(Producer))}
    if by is SoldBy.GROUP:
        return {group.code: (group.name_vi, "") for group in session.scalars(select(ProductGroup))}
    return {}


def _read_product_names(session: Session, keys: set[str]) -> dict[str, tuple[str, str]]:
    query = select(Product.id, Product.name_vi, Product.pack, Product.unit)
    if len(keys) < MOST_NAMED:
        query = query.where(Product.id.in_({int(key[8:]) for key in keys if key.startswith("product:")}))
    return {
        f"product:{id_}": (format_product_name(name, pack), unit)
        for id_, name, pack, unit in session.connection().execute(query)
    }


@dataclass(frozen=True, slots=True)
class HourSums:
    """What came in by weekday (0 is Monday) and hour of the shop's time: (đồng, sales)."""

    cells: dict[tuple[int, int], tuple[int, int]]

    @property
    def hour_range(self) -> list[int]:
        hours = [hour for _weekday, hour in self.cells]
        return list(range(min(hours), max(hours) + 1)) if hours else []

    @property
    def highest_vnd(self) -> int:
        return max((vnd for vnd, _sales in self.cells.values()), default=0)


def read_by_hour(session: Session, asked: SoldFilter) -> HourSums:
    query = (
        select(Sale.at, func.sum(SaleLine.paid_vnd), Sale.refunds)
        .join(SaleLine, SaleLine.sale_number == Sale.number)
        .where(*list_conditions(asked))
        .group_by(Sale.number, Sale.at, Sale.refunds)
    )
    cells: dict[tuple[int, int], tuple[int, int]] = {}
    for at, paid, refunds in session.execute(query):
        local = at.astimezone(SHOP_ZONE)
        vnd, sales = cells.get((local.weekday(), local.hour), (0, 0))
        cells[local.weekday(), local.hour] = vnd + int(paid), sales + (refunds is None)
    return HourSums(cells)


def list_receipts_of(
    session: Session, asked: SoldFilter, *, before: int | None = None, limit: int = 100
) -> Iterator[tuple[Sale, int]]:
    """The receipts of these lines, the newest first, each with what its lines come to."""
    query = (
        select(Sale, func.sum(SaleLine.paid_vnd))
        .join(SaleLine, SaleLine.sale_number == Sale.number)
        .where(*list_conditions(asked))
        .group_by(Sale.number)
        .order_by(Sale.number.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Sale.number < before)
    for sale, paid in session.execute(query):
        yield sale, int(paid)
