"""maintenance/verify_sums.py — the kept sums of closed days and months are what their lines come to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..reports.models import SoldSum
from ..reports.sold_lines import SoldBy
from ..reports.sold_sums import (
    DAY,
    MONTH,
    SUMMED,
    SummedDays,
    find_kept_days,
    find_month_end,
    find_newest_day,
    find_summed_months,
    list_months,
    list_product_groups,
    make_day_sums,
)
from .finding import Finding

Amounts = tuple[int, ...]
Sums = dict[tuple[str, str], Amounts]  # by what they are divided by and the row's key


def check_sold_sums(session: Session) -> Iterator[Finding]:
    """Day by day as the lines say, month by month as the days."""
    kept, months = find_kept_days(session), find_summed_months(session)
    if kept is None:
        return
    for month in list_months(kept):
        days = _read_kept(session, DAY, month)
        yield from _check_days(session, kept, month, days)
        whole: Sums = {}
        for sums in days.values():
            for name, amounts in sums.items():
                whole[name] = tuple(map(sum, zip(whole.get(name, (0, 0, 0, 0)), amounts, strict=True)))
        is_summed = months is not None and months.first <= month <= months.last
        if _read_kept(session, MONTH, month).get(month, {}) != (whole if is_summed else {}):
            row = f"sold_sum:{month:%Y-%m}"
            yield Finding("sold sums", row, "the month's sums are not what its days come to")


def _check_days(session: Session, days: SummedDays, month: date, kept: dict[date, Sums]) -> Iterator[Finding]:
    found: dict[date, Sums] = defaultdict(dict)
    first, last = max(month, days.first), min(find_month_end(month), days.last)
    for row in make_day_sums(session, first, last):
        found[row["starts"]][row["by"], row["key"]] = _take_amounts(row)
    moved, newest = _list_days_with_moved(session, month), find_newest_day(session)
    for day in sorted({*found, *kept}):
        if (
            day == newest and day not in kept
        ):  # open, behind a day that was closed by a clock that stood ahead
            continue
        lines, sums = found.get(day, {}), kept.get(day, {})
        if day in moved:  # nobody reads its groups: the lines are read instead
            lines, sums = _leave_groups_out(lines), _leave_groups_out(sums)
        if lines != sums:
            yield Finding("sold sums", f"sold_sum:{day}", "the day's sums are not what its lines come to")


def _leave_groups_out(sums: Sums) -> Sums:
    return {name: amounts for name, amounts in sums.items() if name[0] != SoldBy.GROUP}


def _read_kept(session: Session, span: str, month: date) -> dict[date, Sums]:
    found: dict[date, Sums] = defaultdict(dict)
    which = SoldSum.by.in_(SUMMED), SoldSum.span == span, SoldSum.starts.between(month, find_month_end(month))
    for row in session.execute(select(*SoldSum.__table__.columns).where(*which)).mappings():
        found[row["starts"]][row["by"], row["key"]] = _take_amounts(row)
    return found


def _take_amounts(row: Mapping[Any, Any]) -> Amounts:
    return row["paid_vnd"], row["refunded_vnd"], row["receipts"], row["quantity_milli"] or 0


def _list_days_with_moved(session: Session, month: date) -> set[date]:
    """Days of the month on which a product was sold that is in another group by now."""
    groups = list_product_groups(session)
    query = select(SoldSum.starts, SoldSum.key, SoldSum.group_code).where(
        SoldSum.by == SoldBy.PRODUCT, SoldSum.span == DAY, SoldSum.starts.between(month, find_month_end(month)),
    )  # fmt: skip
    return {day for day, key, code in session.execute(query) if groups.get(key) != code}
