"""reports/sold.py — what was sold in a span of business days, by one of nine things, beside the span before it. In đồng.

What came back is taken off on the day on which it came back. Each sum is of `paid_vnd`: what the buyers paid, after the
rounding of cash; all ways of dividing a span come to the same whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product, ProductGroup
from ..kernel.clock import SHOP_ZONE
from ..producers.models import Producer
from ..sales.models import Extra, Sale, SaleLine, Tender

EXTRAS = "extra"  # the group of bags, wrapping and shipping
LONGEST = timedelta(days=3660)


class SoldBy(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    HOUR = "hour"
    PRODUCT = "product"
    GROUP = "group"
    PRODUCER = "producer"
    CASHIER = "cashier"
    TENDER = "tender"


@dataclass(frozen=True, slots=True)
class SoldFilter:
    """The first and the last business day, and what else a line must be of; None asks nothing."""

    first: date
    last: date
    product_id: int | None = None
    extra_id: int | None = None
    group: str | None = None
    producer_id: int | None = None
    cashier: str | None = None
    tender: str | None = None

    def span_before(self) -> "SoldFilter":
        """As many days, just before."""
        length = self.last - self.first + timedelta(days=1)
        return replace(self, first=self.first - length, last=self.last - length)


@dataclass(frozen=True, slots=True)
class SoldSums:
    """Sums of some lines. `receipts`: sales among them, refunds not counted; `quantity_milli`: None where units differ."""

    paid_vnd: int = 0
    refunded_vnd: int = 0
    receipts: int = 0
    quantity_milli: int | None = None


@dataclass(frozen=True, slots=True)
class SoldRow:
    """A row of the table. `narrower`: the filter's fields that lead to what it is made of."""

    name: str
    sums: SoldSums
    before_vnd: int
    unit: str = ""
    narrower: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SoldTable:
    rows: Sequence[SoldRow]
    whole: SoldSums
    before_vnd: int


def read_sold(session: Session, asked: SoldFilter, by: SoldBy) -> SoldTable:
    """The table; rows that sold nothing in either span are left out. Days in their order, others by what they brought."""
    now, before = _read_sums(session, asked, by), _read_sums(session, asked.span_before(), by)
    names = _read_names(session, by, {*now, *before})
    keys = [*now, *(key for key in before if key not in now and by not in _IN_ORDER)]
    shift = asked.first - asked.span_before().first
    rows = []
    for key in keys:
        earlier = before.get(_find_key_before(key, by, shift), SoldSums())
        rows.append(_make_row(key, by, now.get(key, SoldSums()), earlier.paid_vnd, names))
    if by not in _IN_ORDER:
        rows.sort(key=lambda row: (-row.sums.paid_vnd, row.name))
    return SoldTable(rows, _sum_whole(session, asked), _sum_whole(session, asked.span_before()).paid_vnd)


_IN_ORDER = {SoldBy.DAY, SoldBy.WEEK, SoldBy.MONTH}


def _find_key_before(key: str, by: SoldBy, shift: timedelta) -> str:
    """What a row stands beside: a day beside the one as many days earlier, others beside themselves; weeks and months beside nothing."""
    if by is SoldBy.DAY:
        return (date.fromisoformat(key) - shift).isoformat()
    return "" if by in _IN_ORDER else key


def _make_row(
    key: str, by: SoldBy, sums: SoldSums, before_vnd: int, names: dict[str, tuple[str, str]]
) -> SoldRow:
    name, unit = names.get(key, (key, ""))
    return SoldRow(name, sums, before_vnd, unit, _find_narrower(key, by))


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


def _list_conditions(asked: SoldFilter) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [Sale.business_day.between(asked.first, asked.last)]
    if asked.product_id is not None:
        wanted.append(SaleLine.product_id == asked.product_id)
    if asked.extra_id is not None:
        wanted.append(SaleLine.extra_id == asked.extra_id)
    if asked.producer_id is not None:
        wanted.append(SaleLine.producer_id == asked.producer_id)
    if asked.cashier is not None:
        wanted.append(Sale.cashier_name == asked.cashier)
    if asked.group is not None:
        of_group = select(Product.id).where(Product.group_code == asked.group)
        wanted.append(
            SaleLine.extra_id.is_not(None) if asked.group == EXTRAS else SaleLine.product_id.in_(of_group)
        )
    if asked.tender is not None:
        wanted.append(Sale.number.in_(select(Tender.sale_number).where(Tender.kind == asked.tender)))
    return wanted


_IS_REFUND = Sale.refunds.is_not(None)
_SUMS = (
    func.sum(SaleLine.paid_vnd),
    func.sum(case((_IS_REFUND, SaleLine.paid_vnd), else_=0)),
    func.count(case((_IS_REFUND, None), else_=Sale.number).distinct()),
    func.sum(SaleLine.quantity_milli),
)


def _select_lines(asked: SoldFilter, *keys: ColumnElement[Any]) -> Any:
    query = select(*keys, *_SUMS).select_from(SaleLine).join(Sale, Sale.number == SaleLine.sale_number)
    return query.where(*_list_conditions(asked))


def _sum_whole(session: Session, asked: SoldFilter) -> SoldSums:
    paid, refunded, receipts, _quantity = session.execute(_select_lines(asked)).one()
    return SoldSums(int(paid or 0), int(refunded or 0), receipts)


def _read_sums(session: Session, asked: SoldFilter, by: SoldBy) -> dict[str, SoldSums]:
    """By the key of each row."""
    if by is SoldBy.TENDER:
        return _read_tender_sums(session, asked)
    if by is SoldBy.HOUR:
        return {}
    key = _key_column(by)
    query = _select_lines(asked, key).group_by(key).order_by(key)
    if by is SoldBy.GROUP:
        query = query.outerjoin(Product, Product.id == SaleLine.product_id)
    found: dict[str, SoldSums] = {}
    for value, paid, refunded, receipts, quantity in session.execute(query):
        name = _name_key(value, by)
        sums = SoldSums(int(paid), int(refunded), receipts, int(quantity) if by is SoldBy.PRODUCT else None)
        found[name] = _add_sums(found[name], sums) if name in found else sums
    return found


def _key_column(by: SoldBy) -> ColumnElement[Any]:
    columns: dict[SoldBy, ColumnElement[Any]] = {
        SoldBy.GROUP: func.coalesce(Product.group_code, EXTRAS),
        SoldBy.PRODUCER: SaleLine.producer_id.expression,
        SoldBy.CASHIER: Sale.cashier_name.expression,
        # An extra's id below 0, so that one column names both.
        SoldBy.PRODUCT: func.coalesce(SaleLine.product_id, -SaleLine.extra_id),
    }
    return columns.get(by, Sale.business_day.expression)


def _name_key(value: object, by: SoldBy) -> str:
    if isinstance(value, date):
        start = {
            SoldBy.WEEK: value - timedelta(days=value.weekday()),
            SoldBy.MONTH: value.replace(day=1),
        }.get(by, value)
        return start.isoformat()
    if by is SoldBy.PRODUCT and isinstance(value, int):
        return f"product:{value}" if value > 0 else f"extra:{-value}"
    return "" if value is None else str(value)


def _add_sums(a: SoldSums, b: SoldSums) -> SoldSums:
    return SoldSums(a.paid_vnd + b.paid_vnd, a.refunded_vnd + b.refunded_vnd, a.receipts + b.receipts)


def _read_tender_sums(session: Session, asked: SoldFilter) -> dict[str, SoldSums]:
    """By the tenders themselves: a sale that was paid in two ways counts in both, each with its part."""
    of_lines = (
        select(SaleLine.sale_number)
        .join(Sale, Sale.number == SaleLine.sale_number)
        .where(*_list_conditions(asked))
    )
    query = (
        select(
            Tender.kind, func.sum(Tender.amount_vnd), func.sum(case((_IS_REFUND, Tender.amount_vnd), else_=0)),
            func.count(case((_IS_REFUND, None), else_=Sale.number).distinct()),
        )
        .join(Sale, Sale.number == Tender.sale_number)
        .where(Sale.number.in_(of_lines))
        .group_by(Tender.kind)
        .order_by(Tender.kind)
    )  # fmt: skip
    return {
        kind: SoldSums(int(paid), int(refunded), receipts)
        for kind, paid, refunded, receipts in session.execute(query)
    }


def _read_names(session: Session, by: SoldBy, keys: set[str]) -> dict[str, tuple[str, str]]:
    """The name and the unit of each key that is an id."""
    if by is SoldBy.PRODUCT:
        products = {int(key[8:]) for key in keys if key.startswith("product:")}
        extras = session.scalars(select(Extra))
        return {
            f"product:{product.id}": (product.name, product.unit)
            for product in session.scalars(select(Product).where(Product.id.in_(products)))
        } | {f"extra:{extra.id}": (extra.name_vi, "piece") for extra in extras}
    if by is SoldBy.PRODUCER:
        return {str(producer.id): (producer.name, "") for producer in session.scalars(select(Producer))}
    if by is SoldBy.GROUP:
        return {group.code: (group.name_vi, "") for group in session.scalars(select(ProductGroup))}
    return {}


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
        .where(*_list_conditions(asked))
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
        .where(*_list_conditions(asked))
        .group_by(Sale.number)
        .order_by(Sale.number.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(Sale.number < before)
    for sale, paid in session.execute(query):
        yield sale, int(paid)
