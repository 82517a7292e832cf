"""maintenance/verify_closings.py — closings are as they were signed, under the journal of their moment, and say what the sales say."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from ..closings.models import PeriodClosing, PeriodKind, SealKey, ZReport
from ..closings.queries import list_all_closings
from ..closings.seal import SealUnreadable, find_seal, is_signed_by, text_to_sign
from ..journal.fingerprint import is_same_fingerprint
from ..journal.models import JournalRow
from ..journal.record import row_name
from ..kernel.tables import TotalsGap
from ..sales.models import Sale
from ..sales.queries import find_sale_fingerprint
from ..shifts.models import ShiftClose
from .finding import Finding

KINDS = ("sales", "refunds", "voids")


def check_closings(session: Session) -> Iterator[Finding]:
    """Signatures, the journal's heads under them, grand totals, and the sums of what each closing covers."""
    keys = {key.id: key.public_key for key in session.scalars(select(SealKey))}
    for closing in list_all_closings(session):
        yield from _check_closing(session, closing, keys)
    yield from _check_missing(session)
    yield from _check_closed_days(session)


def _check_closing(
    session: Session, closing: ZReport | PeriodClosing, keys: dict[int, str]
) -> Iterator[Finding]:
    name = row_name(closing)
    public_key = keys.get(closing.key_id or 0, "")
    if closing.signature is not None and not is_signed_by(
        public_key, text_to_sign(closing), closing.signature
    ):
        yield Finding("closings", name, "its signature does not fit what it says")
    head = session.scalar(select(JournalRow.hash).where(JournalRow.seq == closing.head_seq))
    if head != closing.head_hash:
        yield Finding(
            "closings", name, f"the journal's row {closing.head_seq} is another than when it was closed"
        )
    if (closing.sales_vnd, closing.refunds_vnd) != _sum_through(session, closing.up_to_sale):
        yield Finding("closings", name, "its grand totals are not what was sold and given back until then")
    figures = json.loads(closing.figures)
    if isinstance(closing, ZReport):
        which = Sale.shift_number == closing.shift_number
    else:
        first, last = (date.fromisoformat(figures[name]) for name in ("first_day", "last_day"))
        which = Sale.business_day.between(first, last)
    count, total = session.execute(
        select(func.count(), func.coalesce(func.sum(Sale.total_vnd), 0)).where(which)
    ).one()
    told = sum(figures[kind]["count"] for kind in KINDS), sum(figures[kind]["total_vnd"] for kind in KINDS)
    if told != (count, int(total)):
        yield Finding(
            "closings", name, f"it says {told[0]} receipts of {told[1]} đ, there are {count} of {total} đ"
        )


def _sum_through(session: Session, up_to_sale: int) -> tuple[int, int]:
    """Sold and given back, with what restores took over from books that were lost."""
    is_sale = Sale.refunds.is_(None)
    sold, back = session.execute(
        select(
            func.coalesce(func.sum(case((is_sale, Sale.total_vnd), else_=0)), 0),
            func.coalesce(func.sum(case((is_sale, 0), else_=Sale.total_vnd)), 0),
        ).where(Sale.number <= up_to_sale)
    ).one()
    lost_sold, lost_back = session.execute(
        select(
            func.coalesce(func.sum(TotalsGap.sales_vnd), 0), func.coalesce(func.sum(TotalsGap.refunds_vnd), 0)
        ).where(TotalsGap.up_to_sale <= up_to_sale)
    ).one()
    return int(sold) + int(lost_sold), int(lost_back) - int(back)


def _check_missing(session: Session) -> Iterator[Finding]:
    """Since the first Z every shift that closed has one."""
    first = session.scalar(select(func.min(ZReport.shift_number)))
    if first is None:
        return
    begun = session.scalar(select(ZReport.at).where(ZReport.shift_number == first))
    closed = (
        select(ShiftClose.shift_number)
        .outerjoin(ZReport, ZReport.shift_number == ShiftClose.shift_number)
        .where(ZReport.number.is_(None), ShiftClose.closed_at >= begun)
    )
    for number in session.scalars(closed):
        yield Finding("closings", f"shift:{number}", "it was closed and has no Z")


def _check_closed_days(session: Session) -> Iterator[Finding]:
    """No sale is dated into a day that was closed before it was written."""
    closed = (
        select(PeriodClosing.period, PeriodClosing.up_to_sale)
        .where(PeriodClosing.kind == PeriodKind.DAY)
        .order_by(PeriodClosing.number)
    )
    newest = dict(
        session.execute(select(Sale.business_day, func.max(Sale.number)).group_by(Sale.business_day))
        .tuples()
        .all()
    )
    for period, up_to_sale in session.execute(closed):
        if newest.get(date.fromisoformat(period), 0) > up_to_sale:
            number = session.scalar(
                select(func.min(Sale.number)).where(
                    Sale.business_day == date.fromisoformat(period), Sale.number > up_to_sale
                )
            )
            yield Finding(
                "closings", f"sale:{number}", f"it is dated {period}, which was closed before it was written"
            )


def check_seal_key(session: Session, folder: Path) -> Iterator[Finding]:
    """The key that is here is the newest that the books know: whoever put another in their place is found."""
    newest = session.scalar(select(SealKey.public_key).order_by(SealKey.id.desc()).limit(1))
    try:
        seal = find_seal(folder)
    except SealUnreadable as odd:
        yield Finding("seal key", "seal_key", str(odd))
        return
    if seal is not None and seal.public_key != newest:
        yield Finding("seal key", "seal_key", "the key on this computer is not the newest one of the books")


def check_receipt(session: Session, number: int, typed: str) -> Iterator[Finding]:
    """A receipt in a buyer's hand against the books: a history that was recomputed doesn't fit the paper."""
    sale = session.get(Sale, number)
    if sale is None:
        yield Finding("receipt", f"sale:{number}", "the books know no receipt of this number")
    elif not is_same_fingerprint(typed, find_sale_fingerprint(session, sale)):
        yield Finding("receipt", f"sale:{number}", "the fingerprint on paper is another than the books'")


@dataclass(frozen=True, slots=True)
class SealRange:
    """Closings one after the other that were signed by one key; `public_key` is "" where they were not signed."""

    series: str
    first: int
    last: int
    public_key: str


def list_seal_ranges(session: Session) -> list[SealRange]:
    keys = {key.id: key.public_key for key in session.scalars(select(SealKey))}
    found: list[SealRange] = []
    for table, series in ((ZReport, "Z"), (PeriodClosing, "closing")):
        for number, key_id in session.execute(select(table.number, table.key_id).order_by(table.number)):
            key = keys.get(key_id or 0, "")
            if found and (found[-1].series, found[-1].public_key) == (series, key):
                found[-1] = SealRange(series, found[-1].first, number, key)
            else:
                found.append(SealRange(series, number, number, key))
    return found
