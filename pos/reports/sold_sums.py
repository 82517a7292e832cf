"""reports/sold_sums.py — the sums of closed days and months: written when they are closed, read in place of their lines.

The days that have sums stand one after the other: the closing of a day adds the next, and care adds those of a shop's
past, the newest first. Months are added up from their days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..kernel.inserts import insert_values
from ..sales.models import Sale, SaleLine
from .models import SoldSum
from .sold_lines import SoldBy, SoldSums, list_day_sums

DAY, MONTH = "day", "month"
WHOLE = SoldBy.DAY
SUMMED = (SoldBy.PRODUCT, SoldBy.GROUP, SoldBy.PRODUCER, SoldBy.CASHIER, SoldBy.TENDER, WHOLE)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SummedDays:
    """The first and the last day that have sums: all between have them, or sold nothing."""

    first: date
    last: date


def find_summed_days(session: Session) -> SummedDays | None:
    """Those that are read by their sums: before the day of the newest sale, which may be one behind a clock that stood ahead."""
    kept, newest = find_kept_days(session), find_newest_day(session)
    if kept is None or newest is None or newest <= kept.first:
        return None
    return SummedDays(kept.first, min(kept.last, newest - A_DAY))


def find_newest_day(session: Session) -> date | None:
    """The business day of the newest sale."""
    return session.scalar(select(Sale.business_day).order_by(Sale.number.desc()).limit(1))


def find_kept_days(session: Session) -> SummedDays | None:
    first, last = session.execute(_select_ends(DAY)).one()
    return SummedDays(first, last) if first is not None else None


def find_summed_months(session: Session) -> SummedDays | None:
    """The first days of the first and of the last month that has sums."""
    first, last = session.execute(_select_ends(MONTH)).one()
    return SummedDays(first, last) if first is not None else None


def _select_ends(span: str) -> Any:
    query = select(func.min(SoldSum.starts), func.max(SoldSum.starts))
    return query.where(SoldSum.by == WHOLE, SoldSum.span == span)


def add_day_sums(session: Session, day: date) -> None:
    """Write what a day comes to that is closed now, and others that were sold on since the last that has sums.

    Sums of later days, closed under a clock that stood ahead, are taken away: they are made again when it gets there.
    """
    for span, begin in ((DAY, day + A_DAY), (MONTH, day.replace(day=1))):
        which = SoldSum.by.in_(SUMMED), SoldSum.span == span, SoldSum.starts >= begin
        session.execute(delete(SoldSum).where(*which))
    kept = find_kept_days(session)
    first = day if kept is None else kept.last + A_DAY
    if rows := list(make_day_sums(session, first, day)):
        insert_values(session, SoldSum, rows)


def make_day_sums(session: Session, first: date, last: date) -> Iterator[dict[str, Any]]:
    """What these days come to, as rows of the table, read from the lines."""
    sold = select(SaleLine.product_id).join(Sale, Sale.number == SaleLine.sale_number)
    groups = list_product_groups(session, Product.id.in_(sold.where(Sale.business_day.between(first, last))))
    for by in SUMMED:
        for day, key, sums in list_day_sums(session, first, last, by):
            yield {
                "by": by.value, "span": DAY, "starts": day, "key": "" if by is WHOLE else key, "paid_vnd": sums.paid_vnd,
                "refunded_vnd": sums.refunded_vnd, "receipts": sums.receipts, "quantity_milli": sums.quantity_milli,
                "group_code": groups.get(key) if by is SoldBy.PRODUCT else None,
            }  # fmt: skip


def list_product_groups(session: Session, *which: ColumnElement[bool]) -> dict[str, str]:
    """The group of each product now, by the key of its sums."""
    query = select(Product.id, Product.group_code).where(*which)
    return {f"product:{id_}": code for id_, code in session.execute(query)}


def find_unsummed_day(session: Session, closed: date | None) -> date | None:
    """The newest day without sums before those that have some; `closed`: the newest day that is closed, where none has."""
    kept = find_kept_days(session)
    if kept is not None:
        return session.scalar(select(func.max(Sale.business_day)).where(Sale.business_day < kept.first))
    if closed is None:
        return None
    return session.scalar(select(func.max(Sale.business_day)).where(Sale.business_day <= closed))


def add_month_sums(session: Session, over: date | None = None) -> None:
    """Add up the months whose days have sums, all of them. `over`: the last day that is over; the last with sums, if None."""
    kept, months = find_kept_days(session), find_summed_months(session)
    if kept is None:
        return
    for month in list_months(kept):
        has_sums = months is not None and months.first <= month <= months.last
        if not has_sums and _is_whole(session, month, kept, over):
            _add_month(session, month)


def list_months(days: SummedDays) -> Iterator[date]:
    month = days.first.replace(day=1)
    while month <= days.last:
        yield month
        month = find_month_end(month) + A_DAY


def find_month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - A_DAY


def _is_whole(session: Session, month: date, kept: SummedDays, over: date | None) -> bool:
    """Is the month over, and has each of its days on which something was sold its sums?"""
    if find_month_end(month) > (over or kept.last):
        return False
    unsummed = Sale.business_day >= month, Sale.business_day < kept.first
    return month >= kept.first or not session.scalar(select(exists().where(*unsummed)))


def _add_month(session: Session, month: date) -> None:
    one_group = func.min(SoldSum.group_code) == func.max(SoldSum.group_code)
    of_days = (
        select(
            SoldSum.by, literal(MONTH), literal(month), SoldSum.key, func.sum(SoldSum.paid_vnd),
            func.sum(SoldSum.refunded_vnd), func.sum(SoldSum.receipts), func.sum(SoldSum.quantity_milli),
            case((one_group, func.min(SoldSum.group_code)), (func.min(SoldSum.group_code).is_not(None), ""), else_=None),
        )
        .where(SoldSum.by.in_(SUMMED), *_of_days(month, find_month_end(month)))
        .group_by(SoldSum.by, SoldSum.key)
    )  # fmt: skip
    columns = [column.name for column in SoldSum.__table__.columns]
    session.execute(insert(SoldSum).from_select(columns, of_days))


def _of_days(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    return SoldSum.span == DAY, SoldSum.starts.between(first, last)


def read_sums(session: Session, days: SummedDays, by: SoldBy) -> dict[str, SoldSums] | None:
    """The sums of these days, which have some, by the key of each row; None where the lines must be read.

    For a product has moved to another group since: the lines are told by the group that it has now.
    """
    if by is SoldBy.GROUP and _has_group_changed(session, days):
        return None
    rows = _select_rows(session, days, by)
    query = select(
        rows.c.key, func.sum(rows.c.paid_vnd), func.sum(rows.c.refunded_vnd), func.sum(rows.c.receipts), func.sum(rows.c.quantity_milli),
    ).group_by(rows.c.key)  # fmt: skip
    return {
        key: SoldSums(int(paid), int(refunded), int(receipts), None if milli is None else int(milli))
        for key, paid, refunded, receipts, milli in session.connection().execute(query)
    }


def read_paid(session: Session, days: SummedDays, by: SoldBy) -> dict[str, int] | None:
    """What was paid alone, of the same: a table of twenty thousand products needs no more of the span before."""
    if by is SoldBy.GROUP and _has_group_changed(session, days):
        return None
    rows = _select_rows(session, days, by)
    query = select(rows.c.key, func.sum(rows.c.paid_vnd)).group_by(rows.c.key)
    return {key: int(paid) for key, paid in session.connection().execute(query)}


def read_sums_by_day(session: Session, days: SummedDays) -> dict[date, SoldSums]:
    query = (
        select(SoldSum).where(SoldSum.by == WHOLE, *_of_days(days.first, days.last)).order_by(SoldSum.starts)
    )
    return {
        row.starts: SoldSums(row.paid_vnd, row.refunded_vnd, row.receipts) for row in session.scalars(query)
    }


def _select_rows(session: Session, days: SummedDays, by: SoldBy) -> Subquery:
    """The rows that these days are made of: of whole months where there are some, of days before and after them."""
    months = find_summed_months(session)
    begin = days.first if days.first.day == 1 else find_month_end(days.first) + A_DAY
    end = days.last if days.last == find_month_end(days.last) else days.last.replace(day=1) - A_DAY
    parts = [_of_days(days.first, days.last)]
    if months is not None:
        begin, end = max(begin, months.first), min(end, find_month_end(months.last))
    if months is not None and begin <= end:
        parts = [
            (SoldSum.span == MONTH, SoldSum.starts.between(begin, end)),
            _of_days(days.first, begin - A_DAY), _of_days(end + A_DAY, days.last),
        ]  # fmt: skip
    columns = (
        SoldSum.key, SoldSum.paid_vnd, SoldSum.refunded_vnd, SoldSum.receipts, SoldSum.quantity_milli, SoldSum.group_code,
    )  # fmt: skip
    return union_all(*(select(*columns).where(SoldSum.by == by, and_(*part)) for part in parts)).subquery()


def _has_group_changed(session: Session, days: SummedDays) -> bool:
    """Is the group of a product another than when its sums were made?"""
    rows, groups = _select_rows(session, days, SoldBy.PRODUCT), list_product_groups(session)
    made = session.execute(select(rows.c.key, rows.c.group_code).distinct())
    return any(groups.get(key) != code for key, code in made)
