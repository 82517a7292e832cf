"""shifts/queries.py — what happened at a till besides plain sales: cash moves, refunds, lines taken off, looks at prices.

Every such act of a till belongs to one shift: those after a close to the next one, which is open already or still to
come; the first shift has all that was before it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ..journal.models import JournalRow
from ..journal.payload import read_payload
from ..kernel.actor import AT_STATIONS
from ..kernel.clock import day_end, day_start
from ..kernel.money import amount_vnd
from .cash_balances import list_drawer_openings, sum_float_differences_vnd
from .drawer import find_open_shift
from .models import Shift, ShiftClose, name_drawer

WATCHED = (
    "cash_moved", "drawer_handed_over", "drawer_opened", "refunded", "voided", "reprinted", "line_voided", "line_lessened", "parked",
    "taken_over", "price_checked", "shelf_price_kept", "dates_differ", "pack_set_aside", "count_differs", "refused", "pin_wrong",
    "discount_set", "tender_corrected", "money_given_back", "basket_given_up", "debt_written_off", "voucher_cancelled", "voucher_unknown",
)  # fmt: skip
AMOUNT_OF_ITS_OWN = (
    "cash_moved", "discount_set", "tender_corrected", "money_given_back", "basket_given_up", "debt_written_off", "voucher_cancelled",
)  # fmt: skip
EMPTIED = "basket_emptied"  # a line taken off that was the last one


@dataclass(frozen=True, slots=True)
class ShiftAct:
    """One act of a shift, as the journal's row has it. `amount_vnd`: money that moved, or the value of what was taken off; None: no money in it."""

    row: JournalRow
    kind: str
    amount_vnd: int | None


@dataclass(frozen=True, slots=True)
class CashierActs:
    """How often one person did each kind of act in a shift, and for how much in all."""

    who: str
    times: Counter[str]
    amounts_vnd: Counter[str]


def list_acts(session: Session, shift: Shift) -> list[ShiftAct]:
    """The watched acts at the shift's till from the close of the shift before to its own (or until now), oldest first."""
    span = [
        _is_watched(shift.station),
        JournalRow.seq > _find_last_close(session, shift.station, shift.number),
    ]
    if own := _find_close_seq(session, shift.number):
        span.append(JournalRow.seq < own)
    return _list_acts_where(session, span)


def list_acts_since_close(session: Session, station: str) -> list[ShiftAct]:
    """The watched acts at a till that no shift has yet, oldest first; none where a shift is open."""
    if find_open_shift(session, station) is not None:
        return []
    return _list_acts_where(
        session, [_is_watched(station), JournalRow.seq > _find_last_close(session, station)]
    )


def count_acts_since_close(session: Session, stations: Iterable[str]) -> dict[str, int]:
    """How many watched acts no shift has yet, by till; tills without any are left out.

    `stations`: tills that may never have had a shift. Those that had one are looked at anyway.
    """
    known = {*stations, *session.scalars(select(Shift.station).distinct())}
    counts = {}
    for station in sorted(known):
        if find_open_shift(session, station) is None:
            since = JournalRow.seq > _find_last_close(session, station)
            counts[station] = session.scalar(select(func.count()).where(_is_watched(station), since)) or 0
    return {station: count for station, count in counts.items() if count}


def _is_watched(station: str) -> ColumnElement[bool]:
    """Acts of people who stand at this till: what others are refused is none of them."""
    return (JournalRow.station == station) & JournalRow.kind.in_(WATCHED) & JournalRow.role.in_(AT_STATIONS)


def _find_last_close(session: Session, station: str, before_number: int | None = None) -> int:
    """Where in the journal the till's newest closed shift ended (of those before that number); 0: there is none."""
    closed = (
        select(func.max(ShiftClose.shift_number))
        .join(Shift, Shift.number == ShiftClose.shift_number)
        .where(Shift.station == station)
    )
    if before_number is not None:
        closed = closed.where(Shift.number < before_number)
    number = session.scalar(closed)
    return _find_close_seq(session, number) if number is not None else 0


def _find_close_seq(session: Session, number: int) -> int:
    """Where in the journal a shift ended; 0: it is open."""
    row = select(JournalRow.seq).where(
        JournalRow.subject == f"shift:{number}", JournalRow.kind == "shift_closed"
    )
    return session.scalar(row) or 0


def _list_acts_where(session: Session, conditions: Sequence[ColumnElement[bool]]) -> list[ShiftAct]:
    rows = session.scalars(select(JournalRow).where(*conditions).order_by(JournalRow.seq))
    return [_make_act(row, read_payload(row.payload)) for row in rows]


def _make_act(row: JournalRow, details: dict[str, Any]) -> ShiftAct:
    kind = EMPTIED if details.get("emptied") else row.kind
    return ShiftAct(row, kind, _act_amount_vnd(row.kind, details))


def _act_amount_vnd(kind: str, details: dict[str, Any]) -> int | None:
    if kind in {"refunded", "voided"}:
        return -int(details["paid_back_vnd"])
    if kind in AMOUNT_OF_ITS_OWN:
        return int(details["amount_vnd"])
    if kind in {"count_differs", "drawer_handed_over"}:
        return int(details["counted_vnd"]) - int(details["expected_vnd"])
    if kind == "line_voided":
        return amount_vnd(details["price_vnd"], details["quantity_milli"])
    if kind == "line_lessened" and "price_vnd" in details:  # older rows don't say it
        return amount_vnd(details["price_vnd"], details["from_milli"] - details["to_milli"])
    return None


def sum_by_cashier(acts: Sequence[ShiftAct]) -> list[CashierActs]:
    """The same added up by person, in the order of their names."""
    times: dict[str, Counter[str]] = defaultdict(Counter)
    amounts: dict[str, Counter[str]] = defaultdict(Counter)
    for act in acts:
        times[act.row.actor][act.kind] += 1
        amounts[act.row.actor][act.kind] += act.amount_vnd or 0
    return [CashierActs(who, times[who], amounts[who]) for who in sorted(times)]


@dataclass(frozen=True, slots=True)
class NextFloat:
    """The cash of a drawer from one shift to the next of its till: what stayed in it, and what the next one found.

    `shift_number`: of the shift that closed. `stayed_vnd` is by the cash book; by the count, where the next shift began
    that book. What is missing is negative.
    """

    shift_number: int
    stayed_vnd: int
    next_number: int
    float_vnd: int

    @property
    def difference_vnd(self) -> int:
        return self.float_vnd - self.stayed_vnd


def list_next_floats(session: Session, shifts: Iterable[Shift]) -> list[NextFloat]:
    """From each of these closed shifts to the one that came after it at the same till, where there is one."""
    numbers = [shift.number for shift in shifts]
    begun = {opening.to_place: opening.shift_number or 0 for opening in list_drawer_openings(session)}
    after = select(
        Shift.number, Shift.station,
        func.lead(Shift.number).over(partition_by=Shift.station, order_by=Shift.number).label("next_number"),
        func.lead(Shift.float_vnd).over(partition_by=Shift.station, order_by=Shift.number).label("float_vnd"),
    ).subquery()  # fmt: skip
    rows = session.execute(
        select(
            after.c.number, after.c.station, ShiftClose.counted_vnd, after.c.next_number, after.c.float_vnd
        )
        .join(ShiftClose, ShiftClose.shift_number == after.c.number)
        .where(after.c.number.in_(numbers), after.c.next_number.is_not(None))
    )
    found = rows.tuples().all()
    differences = sum_float_differences_vnd(session, [next_number for *_rest, next_number, _float in found])
    floats = []
    for number, station, counted_vnd, next_number, float_vnd in found:
        has_book = next_number > begun.get(name_drawer(station), next_number)
        stayed_vnd = float_vnd - differences.get(next_number, 0) if has_book else counted_vnd
        floats.append(NextFloat(number, stayed_vnd, next_number, float_vnd))
    return floats


def find_float_before(session: Session, shift: Shift) -> NextFloat | None:
    """From the till's shift before this one; None for its first."""
    before = session.scalars(
        select(Shift)
        .where(Shift.station == shift.station, Shift.number < shift.number)
        .order_by(Shift.number.desc())
        .limit(1)
    ).first()
    return next(iter(list_next_floats(session, [before])), None) if before is not None else None


def list_acts_between(session: Session, first: date, last: date) -> list[ShiftAct]:
    """The watched acts at all tills on these days, by the clock, oldest first."""
    return _list_acts_where(
        session,
        [
            JournalRow.kind.in_(WATCHED), JournalRow.role.in_(AT_STATIONS),
            JournalRow.at >= day_start(first), JournalRow.at < day_end(last),
        ],
    )  # fmt: skip
