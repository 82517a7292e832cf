"""reports/sold_lines.py — sums of sold lines, read from the lines themselves: the whole, or divided by one thing. In đồng."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..sales.models import Discount, Sale, SaleLine, Tender

EXTRAS = "extra"  # the group of bags, wrapping and shipping


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
    discount: str | None = None
    shift_number: int | None = None

    def span_before(self) -> "SoldFilter":
        """As many days, just before."""
        length = self.last - self.first + timedelta(days=1)
        return replace(self, first=self.first - length, last=self.last - length)


class SoldSums(NamedTuple):
    """Sums of some lines; a tuple, because a table has tens of thousands. `receipts`: sales among them, refunds not counted; `quantity_milli`: None where units differ."""

    paid_vnd: int = 0
    refunded_vnd: int = 0
    receipts: int = 0
    quantity_milli: int | None = None


def list_conditions(asked: SoldFilter) -> list[ColumnElement[bool]]:
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
    if asked.discount is not None:
        of_line = (Discount.sale_number == SaleLine.sale_number) & (Discount.line_n == SaleLine.n)
        wanted.append(select(Discount.n).where(of_line, Discount.kind == asked.discount).exists())
    if asked.shift_number is not None:
        wanted.append(Sale.shift_number == asked.shift_number)
    return wanted


IS_REFUND = Sale.refunds.is_not(None)
_SUMS = (
    func.sum(SaleLine.paid_vnd),
    func.sum(case((IS_REFUND, SaleLine.paid_vnd), else_=0)),
    func.count(case((IS_REFUND, None), else_=Sale.number).distinct()),
    func.sum(SaleLine.quantity_milli),
)


def _select_lines(asked: SoldFilter, *keys: ColumnElement[Any]) -> Select[Any]:
    query = select(*keys, *_SUMS).select_from(SaleLine).join(Sale, Sale.number == SaleLine.sale_number)
    return query.where(*list_conditions(asked))


def sum_lines(session: Session, asked: SoldFilter) -> SoldSums:
    paid, refunded, receipts, _quantity = session.execute(_select_lines(asked)).one()
    return SoldSums(int(paid or 0), int(refunded or 0), receipts)


def read_line_sums(session: Session, asked: SoldFilter, by: SoldBy) -> dict[str, SoldSums]:
    """By the key of each row."""
    if by is SoldBy.TENDER:
        return _read_tender_sums(session, asked)
    if by is SoldBy.HOUR:
        return {}
    found: dict[str, SoldSums] = {}
    for value, paid, refunded, receipts, quantity in session.execute(_select_by(asked, by)):
        name = name_key(value, by)
        sums = SoldSums(int(paid), int(refunded), receipts, int(quantity) if by is SoldBy.PRODUCT else None)
        found[name] = add_sums(found[name], sums) if name in found else sums
    return found


def list_day_sums(
    session: Session, first: date, last: date, by: SoldBy
) -> Iterator[tuple[date, str, SoldSums]]:
    """The same day by day: the day, the key of the row, and its sums."""
    asked, of_day = SoldFilter(first, last), Sale.business_day.expression
    query = _select_tenders(asked, of_day) if by is SoldBy.TENDER else _select_by(asked, by, of_day)
    for day, value, paid, refunded, receipts, *quantity in session.execute(query):
        milli = int(quantity[0]) if by is SoldBy.PRODUCT else None
        yield day, name_key(value, by), SoldSums(int(paid), int(refunded), receipts, milli)


def _select_by(asked: SoldFilter, by: SoldBy, *within: ColumnElement[Any]) -> Select[Any]:
    keys = (*within, _key_column(by))
    query = _select_lines(asked, *keys).group_by(*keys).order_by(*keys)
    return query.outerjoin(Product, Product.id == SaleLine.product_id) if by is SoldBy.GROUP else query


def _key_column(by: SoldBy) -> ColumnElement[Any]:
    columns: dict[SoldBy, ColumnElement[Any]] = {
        SoldBy.GROUP: func.coalesce(Product.group_code, EXTRAS),
        SoldBy.PRODUCER: SaleLine.producer_id.expression,
        SoldBy.CASHIER: Sale.cashier_name.expression,
        # An extra's id below 0, so that one column names both.
        SoldBy.PRODUCT: func.coalesce(SaleLine.product_id, -SaleLine.extra_id),
    }
    return columns.get(by, Sale.business_day.expression)


def name_key(value: object, by: SoldBy) -> str:
    if isinstance(value, date):
        start = {
            SoldBy.WEEK: value - timedelta(days=value.weekday()),
            SoldBy.MONTH: value.replace(day=1),
        }.get(by, value)
        return start.isoformat()
    if by is SoldBy.PRODUCT and isinstance(value, int):
        return f"product:{value}" if value > 0 else f"extra:{-value}"
    return "" if value is None else str(value)


def add_sums(a: SoldSums, b: SoldSums) -> SoldSums:
    milli = [sums.quantity_milli for sums in (a, b) if sums.quantity_milli is not None]
    return SoldSums(
        a.paid_vnd + b.paid_vnd,
        a.refunded_vnd + b.refunded_vnd,
        a.receipts + b.receipts,
        sum(milli) if milli else None,
    )


def _read_tender_sums(session: Session, asked: SoldFilter) -> dict[str, SoldSums]:
    return {
        kind: SoldSums(int(paid), int(refunded), receipts)
        for kind, paid, refunded, receipts in session.execute(_select_tenders(asked))
    }


def _select_tenders(asked: SoldFilter, *within: ColumnElement[Any]) -> Select[Any]:
    """By the tenders themselves: a sale that was paid in two ways counts in both, each with its part."""
    of_lines = (
        select(SaleLine.sale_number)
        .join(Sale, Sale.number == SaleLine.sale_number)
        .where(*list_conditions(asked))
    )
    keys = (*within, Tender.kind.expression)
    sums = (
        func.sum(Tender.amount_vnd),
        func.sum(case((IS_REFUND, Tender.amount_vnd), else_=0)),
        func.count(case((IS_REFUND, None), else_=Sale.number).distinct()),
    )
    query = select(*keys, *sums).select_from(Tender).join(Sale, Sale.number == Tender.sale_number)
    return query.where(Sale.number.in_(of_lines)).group_by(*keys).order_by(*keys)
