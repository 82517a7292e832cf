"""closings/close.py — close a shift with its Z; close days, months and years when they are over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from ..journal.record import canonical_json, find_books_time, find_head, record
from ..kernel.actor import SYSTEM, Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.tables import TotalsGap, next_number
from ..reports.sold_sums import add_day_sums, add_month_sums
from ..sales.models import Sale
from ..sales.money_models import Taking, TenderCorrection
from ..shifts.drawer import close_shift
from ..shifts.models import Shift
from ..vouchers.models import VoucherMove
from .figures import list_gaps_since, read_period_figures, read_shift_figures
from .models import PeriodClosing, PeriodKind, SealKey, ZReport
from .seal import Seal, text_to_sign

NOTES_VND = (500_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200)
MOST_OF_A_NOTE = 10_000
AFTER_MIDNIGHT = timedelta(minutes=5)  # two tills' clocks may differ: no sale of the day comes so late

Closing = TypeVar("Closing", ZReport, PeriodClosing)


@dataclass(frozen=True, slots=True)
class GrandTotals:
    """All that was ever sold and given back, through a sale: never reset. What was given back is above 0."""

    up_to_sale: int
    sales_vnd: int
    refunds_vnd: int


def sum_notes(notes: Mapping[int, int]) -> int:
    """What these notes come to. Raises Refused (`amount_odd`) for what no drawer holds."""
    if any(note not in NOTES_VND or not 0 <= count <= MOST_OF_A_NOTE for note, count in notes.items()):
        raise Refused.because("amount_odd")
    return sum(note * count for note, count in notes.items())


def close_with_z(
    session: Session,
    shift: Shift,
    counted_vnd: int,
    *,
    by: Actor,
    at: datetime,
    seal: Seal | None,
    notes: Mapping[int, int] | None = None,
    stays_vnd: int | None = None,
) -> ZReport:
    """Close a shift with what was counted, and freeze what it came to. It takes what is: nothing unsettled stops it.

    `notes`: how many of each were counted, where it was counted so. `stays_vnd`: as `close_shift` takes it. Raises Refused as `close_shift` does, and
    `notes_differ` where they don't come to `counted_vnd`.
    """
    if notes and sum_notes(notes) != counted_vnd:
        raise Refused.because("notes_differ", sum_vnd=sum_notes(notes))
    close = close_shift(session, shift, counted_vnd, by=by, at=at, stays_vnd=stays_vnd)
    figures = read_shift_figures(session, shift, close, notes)
    before = session.scalars(select(ZReport).order_by(ZReport.number.desc()).limit(1)).first()
    figures["left_out"] = list_gaps_since(session, before.at if before else None)
    if totals := find_totals_gap_since(session, before.at if before else None):
        figures["totals_left_out"] = totals
    report = ZReport(
        number=next_number(session, ZReport.number), shift_number=shift.number, at=at, by_name=by.name,
        figures=canonical_json(figures),
    )  # fmt: skip
    return _write(session, report, by=by, at=at, seal=seal)


def close_due_periods(session: Session, *, at: datetime, seal: Seal | None, most: int = 50) -> int:
    """Close every day, month and year that is over and not closed yet, the earliest first; returns how many were.

    A day is over when the books have an act of a later one: a clock that stands ahead at night closes nothing too early.
    A closed day takes no row: what is sold later is of the next that is open (`sales/sale_day.py`).
    A shop of an earlier version begins with the day before: what was sold earlier is in the grand totals alone.
    """
    today = _find_books_day(session, at)
    made = 0
    for kind, first, last in _list_due(session, today)[:most]:
        figures = read_period_figures(session, first, last)
        closing = PeriodClosing(
            number=next_number(session, PeriodClosing.number), kind=kind.value, period=name_period(kind, first), at=at,
            by_name=SYSTEM.name, figures=canonical_json(figures),
        )  # fmt: skip
        _write(session, closing, by=SYSTEM, at=at, seal=seal)
        if kind is PeriodKind.DAY:
            add_day_sums(session, first)
        elif kind is PeriodKind.MONTH:
            add_month_sums(session, over=last)
        made += 1
    return made


def name_period(kind: PeriodKind, day: date) -> str:
    """'2026-11-24', '2026-11' or '2026'."""
    return {PeriodKind.DAY: day.isoformat(), PeriodKind.MONTH: f"{day:%Y-%m}", PeriodKind.YEAR: f"{day:%Y}"}[
        kind
    ]


def has_due_periods(session: Session, at: datetime) -> bool:
    return bool(_list_due(session, _find_books_day(session, at)))


def _find_books_day(session: Session, at: datetime) -> date:
    """The business day that the books have reached."""
    reached = find_books_time(session)
    return business_day(min(at, reached or at) - AFTER_MIDNIGHT)


def find_closed_day(session: Session, before: date | None = None) -> date | None:
    """The newest day that is closed, of those before a day: one that a wrong clock closed far ahead stops nothing."""
    query = select(func.max(PeriodClosing.period)).where(PeriodClosing.kind == PeriodKind.DAY)
    newest = session.scalar(query.where(PeriodClosing.period < before.isoformat()) if before else query)
    return date.fromisoformat(newest) if newest else None


def _list_due(session: Session, today: date) -> list[tuple[PeriodKind, date, date]]:
    """The days since the newest closed one with money in them; the months and years that ended with them."""
    since = find_closed_day(session, today)
    found: set[date] = set()
    for day in (
        Sale.business_day,
        Taking.business_day,
        TenderCorrection.business_day,
        VoucherMove.business_day,
    ):
        moved = select(day).distinct().where(day < today)
        found.update(session.scalars(moved if since is None else moved.where(day > since)))
    days = sorted(found)
    if since is None:
        days = days[-1:]
    due = [(PeriodKind.DAY, day, day) for day in days]
    return due + _list_ended(session, [*([since] if since else []), *days], today)


def _list_ended(session: Session, days: list[date], today: date) -> list[tuple[PeriodKind, date, date]]:
    """Months and years of these days that are over and not closed."""
    closed = set(
        session.execute(select(PeriodClosing.kind, PeriodClosing.period).where(PeriodClosing.kind != PeriodKind.DAY))
        .tuples()
        .all()
    )  # fmt: skip
    found = {}
    for day in days:
        month = (
            day.replace(day=1),
            (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1),
        )
        year = day.replace(month=1, day=1), day.replace(month=12, day=31)
        for kind, (first, last) in ((PeriodKind.MONTH, month), (PeriodKind.YEAR, year)):
            if last < today and (kind.value, name_period(kind, first)) not in closed:
                found[kind, first] = (kind, first, last)
    return sorted(found.values(), key=lambda period: (period[2], period[0] == PeriodKind.YEAR))


def sum_grand_totals(session: Session) -> GrandTotals:
    """Through the newest sale: those of the newest closing, what was sold since, and what a restore left out since."""
    start = max(
        (_find_newest_totals(session, table) for table in (ZReport, PeriodClosing)),
        key=lambda t: t.up_to_sale,
    )
    is_sale = Sale.refunds.is_(None)
    sold, back, highest = session.execute(
        select(
            func.coalesce(func.sum(case((is_sale, Sale.total_vnd), else_=0)), 0),
            func.coalesce(func.sum(case((is_sale, 0), else_=Sale.total_vnd)), 0),
            func.max(Sale.number),
        ).where(Sale.number > start.up_to_sale)
    ).one()
    gaps = session.scalars(select(TotalsGap).where(TotalsGap.up_to_sale > start.up_to_sale)).all()
    return GrandTotals(
        max(highest or 0, start.up_to_sale, *(gap.up_to_sale for gap in gaps)),
        start.sales_vnd + int(sold) + sum(gap.sales_vnd for gap in gaps),
        start.refunds_vnd - int(back) + sum(gap.refunds_vnd for gap in gaps),
    )


def find_totals_gap_since(session: Session, since: datetime | None) -> dict[str, int] | None:
    """What the grand totals took over from books that were lost, since the closing before; None for nothing."""
    query = select(func.sum(TotalsGap.sales_vnd), func.sum(TotalsGap.refunds_vnd))
    if since is not None:
        query = query.where(TotalsGap.at > since)
    sales_vnd, refunds_vnd = session.execute(query).one()
    return None if sales_vnd is None else {"sales_vnd": int(sales_vnd), "refunds_vnd": int(refunds_vnd)}


def _find_newest_totals(session: Session, table: type[ZReport] | type[PeriodClosing]) -> GrandTotals:
    columns = table.up_to_sale, table.sales_vnd, table.refunds_vnd
    newest = session.execute(select(*columns).order_by(table.number.desc()).limit(1)).first()
    return GrandTotals(*newest) if newest is not None else GrandTotals(0, 0, 0)


def find_signing_key(session: Session, seal: Seal | None) -> SealKey | None:
    """The books' row of the key that the shop holds; None where it holds none, or one that the books don't know."""
    if seal is None:
        return None
    return session.scalars(select(SealKey).where(SealKey.public_key == seal.public_key)).first()


def _write(session: Session, closing: Closing, *, by: Actor, at: datetime, seal: Seal | None) -> Closing:
    """Fill in the grand totals and the journal's head, sign, and write the closing to the journal."""
    totals = sum_grand_totals(session)
    session.flush()
    head = find_head(session)
    key = find_signing_key(session, seal)
    closing.up_to_sale, closing.sales_vnd = totals.up_to_sale, totals.sales_vnd
    closing.refunds_vnd = totals.refunds_vnd
    closing.head_seq, closing.head_hash = head.seq, head.hash
    if key is not None and seal is not None:
        closing.key_id = key.id
        closing.signature = seal.sign_text(text_to_sign(closing))
    session.add(closing)
    session.flush()
    record(session, "closing_made", by=by, at=at, subject=closing, seals=[closing], signed=key is not None)
    return closing
