"""X, Z and the closings of periods say what the ledger says, once, and are signed as they stand."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pos.closings.close import (
    close_due_periods,
    close_with_z,
    find_signing_key,
    name_period,
    sum_grand_totals,
)
from pos.closings.figures import find_tax_within, read_shift_figures
from pos.closings.keys import begin_sealing, list_keys, replace_key
from pos.closings.models import PeriodClosing, PeriodKind, ZReport
from pos.closings.queries import get_z, is_seal_right
from pos.closings.seal import KEY_FILE, Seal, SealUnreadable, find_seal
from pos.kernel.clock import day_start
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.logbooks.complaints import write_complaint
from pos.maintenance.verify import verify_books
from pos.sales.void import undo_sale
from pos.shifts.drawer import get_open_shift, list_open_shifts, move_cash, open_shift
from tests.builders import a_sale, a_stocked_shop
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop
from tests.pos.sales.test_refund import give_back

KINDS = ("sales", "refunds", "voids")


@pytest.fixture
def seal(any_shop: Shop, tmp_path: Path) -> Seal:
    """The key of a shop that has just been started."""
    with unit_of_work() as session:
        made = begin_sealing(session, tmp_path / "seal", by=MANAGER, at=MORNING)
    assert made is not None
    return made


def sell_a_day(session: Session, at: datetime = MORNING) -> None:
    """Three sales, of which one comes back in part and one is undone; cash out with a reason."""
    product = a_stocked_shop(session, 100 * ONE)
    first = a_sale(session, product, 3 * ONE)
    a_sale(session, product, 2 * ONE)
    give_back(session, first, {1: ONE}, "r")
    last = a_sale(session, product, ONE)
    undo_sale(session, last, reason="nhầm", station=STATION, by=MANAGER, at=at, approval=None)
    move_cash(session, get_open_shift(session, STATION), -20_000, "mua đá", by=CASHIER, at=at)


def close(
    session: Session, seal: Seal | None, counted_vnd: int = 600_000, at: datetime = MORNING, **more: object
) -> ZReport:
    shift = get_open_shift(session, STATION)
    return close_with_z(session, shift, counted_vnd, by=CASHIER, at=at, seal=seal, **more)  # type: ignore[arg-type]


def sum_by_sql(session: Session, where: str) -> tuple[int, int]:
    query = f"SELECT count(*), coalesce(sum(total_vnd), 0) FROM sale WHERE {where}"  # noqa: S608  our own words
    row = session.execute(text(query)).one()
    return int(row[0]), int(row[1])


def test_a_z_says_what_the_ledger_says(any_shop: Shop, seal: Seal) -> None:
    with unit_of_work() as session:
        sell_a_day(session)
        report = close(session, seal, notes={500_000: 1, 50_000: 2})
        assert (report.number, report.shift_number) == (1, 1)
    with open_reading() as session:
        figures = json.loads(get_z(session, 1).figures)
        for kind, where in zip(
            KINDS, ("refunds IS NULL", "refunds IS NOT NULL AND is_void IS NULL", "is_void"), strict=True
        ):
            assert (figures[kind]["count"], figures[kind]["total_vnd"]) == sum_by_sql(session, where), kind
        due = sum(figures[kind]["due_vnd"] for kind in KINDS)
        tendered = sum(row["taken_vnd"] + row["given_back_vnd"] for row in figures["tenders"])
        assert due == tendered == session.scalar(text("SELECT sum(amount_vnd) FROM tender"))
        assert sum(row["paid_vnd"] for row in figures["groups"]) == session.scalar(
            text("SELECT sum(paid_vnd) FROM sale_line")
        )
        assert sum(row["sales_vnd"] + row["refunds_vnd"] for row in figures["cashiers"]) == due
        drawer = figures["drawer"]
        assert drawer["expected_vnd"] == 500_000 + due - 20_000
        assert drawer["difference_vnd"] == 600_000 - drawer["expected_vnd"]
        assert figures["notes"] == {"500000": 1, "50000": 2}
        assert figures["acts"] == {"cash_moved": 1, "refunded": 1, "voided": 1}
        assert figures["receipts"] == [1, 5]
        assert figures["vat"] == []
        assert verify_books(session) == []


def test_an_x_closes_nothing_and_says_what_the_z_will(any_shop: Shop, seal: Seal) -> None:
    with unit_of_work() as session:
        sell_a_day(session)
    with open_reading() as session:
        (shift,) = list_open_shifts(session)
        looked = read_shift_figures(session, shift)
    with unit_of_work() as session:
        figures = json.loads(close(session, seal).figures)
    assert {name: looked[name] for name in looked if name != "drawer"} == {
        name: figures[name] for name in figures if name not in {"drawer", "left_out"}
    }


def test_grand_totals_go_on_over_shifts_and_are_never_reset(any_shop: Shop, seal: Seal) -> None:
    with unit_of_work() as session:
        sell_a_day(session)
        first = close(session, seal)
        open_shift(session, STATION, 500_000, by=CASHIER, at=MORNING)
        second = close(session, seal, 500_000)
        sold, back = sum_by_sql(session, "refunds IS NULL")[1], sum_by_sql(session, "refunds IS NOT NULL")[1]
        assert (first.sales_vnd, first.refunds_vnd) == (second.sales_vnd, second.refunds_vnd) == (sold, -back)
        assert sum_grand_totals(session).up_to_sale == 5
        assert (first.number, second.number) == (1, 2)


def test_notes_that_come_to_another_sum_close_nothing(any_shop: Shop, seal: Seal) -> None:
    with unit_of_work() as session:
        sell_a_day(session)
    for notes, code in (({500_000: 1}, "notes_differ"), ({7: 1}, "amount_odd"), ({1_000: -1}, "amount_odd")):
        with pytest.raises(Refused) as no, unit_of_work() as session:
            close(session, seal, notes=notes)
        assert [reason.code for reason in no.value.reasons] == [code]
    with open_reading() as session:
        assert session.scalars(select(ZReport)).all() == []
        get_open_shift(session, STATION)


def test_every_z_is_signed_and_a_changed_one_is_seen(any_shop: Shop, seal: Seal) -> None:
    with unit_of_work() as session:
        sell_a_day(session)
        report = close(session, seal)
        assert is_seal_right(session, report)
        for change in (
            {"sales_vnd": report.sales_vnd + 1},
            {"figures": "{}"},
            {"head_hash": "0" * 64},
            {"by_name": "X"},
        ):
            forged = ZReport(**{c.key: getattr(report, c.key) for c in ZReport.__table__.columns} | change)
            assert not is_seal_right(session, forged), change


def test_without_a_key_it_closes_unsigned(any_shop: Shop) -> None:
    with unit_of_work() as session:
        sell_a_day(session)
        report = close(session, None)
        assert (report.signature, report.key_id) == (None, None)
        assert not is_seal_right(session, report)
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_key_is_made_once_and_a_lost_one_is_not_replaced_by_itself(any_shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "seal"
    with unit_of_work() as session:
        first = begin_sealing(session, folder, by=MANAGER, at=MORNING)
        again = begin_sealing(session, folder, by=MANAGER, at=MORNING)
        assert first is not None
        assert again is not None
        assert first.public_key == again.public_key
        assert (folder / KEY_FILE).stat().st_mode & 0o077 == 0
        (folder / KEY_FILE).rename(tmp_path / "away")
        assert begin_sealing(session, folder, by=MANAGER, at=MORNING) is None
        new = replace_key(session, folder, by=MANAGER, at=MORNING)
        assert [key.public_key for key in list_keys(session)] == [first.public_key, new.public_key]
        assert find_signing_key(session, first) is not None  # what it signed stays proved
    (folder / KEY_FILE).write_text("no key")
    with pytest.raises(SealUnreadable):
        find_seal(folder)


DAYS = [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 2)]


def test_days_months_and_years_are_closed_when_they_are_over(any_shop: Shop, seal: Seal) -> None:
    """Also after days on which the server was off."""
    with unit_of_work() as session:
        product = a_stocked_shop(session, 100 * ONE)
    for day in DAYS:
        at = day_start(day) + timedelta(hours=9)
        with unit_of_work() as session:
            a_sale(session, session.merge(product), ONE, at=at)
    night = day_start(DAYS[-1]) + timedelta(days=1)
    with unit_of_work() as session:  # nothing in the books is of a later day yet
        assert close_due_periods(session, at=night + timedelta(hours=1), seal=seal) == 3
    with unit_of_work() as session:  # another till's clock may be late
        write_complaint(session, "Mật ong", "đặc", "", by=MANAGER, at=night + timedelta(minutes=4))
        assert close_due_periods(session, at=night + timedelta(hours=1), seal=seal) == 0
    with unit_of_work() as session:
        write_complaint(session, "Mật ong", "đặc", "", by=MANAGER, at=night + timedelta(minutes=6))
        assert close_due_periods(session, at=night + timedelta(minutes=6), seal=seal) == 1
        assert close_due_periods(session, at=night + timedelta(minutes=7), seal=seal) == 0
        query = select(PeriodClosing.kind, PeriodClosing.period).order_by(PeriodClosing.number)
        made = session.execute(query).tuples().all()
        assert list(made) == [
            ("day", "2026-12-31"),
            ("month", "2026-12"),
            ("year", "2026"),
            ("day", "2027-01-02"),
        ]
        year = session.scalars(select(PeriodClosing).where(PeriodClosing.kind == PeriodKind.YEAR)).one()
        figures = json.loads(year.figures)
        assert (figures["sales"]["count"], figures["sales"]["total_vnd"]) == sum_by_sql(
            session, "business_day < '2027-01-01'"
        )
        assert is_seal_right(session, year)
    with open_reading() as session:
        assert verify_books(session) == []


@pytest.mark.parametrize(
    ("paid", "bp", "tax"),
    [(110_000, 1_000, 10_000), (108_000, 800, 8_000), (45_000, 800, 3_333), (-45_000, 800, -3_333), (1, 1_000, 0), (6, 1_000, 1), (100, 0, 0)],
)  # fmt: skip
def test_the_tax_within_a_sum_is_rounded_half_up_to_the_dong(paid: int, bp: int, tax: int) -> None:
    assert find_tax_within(paid, bp) == tax


def test_periods_have_names_that_sort() -> None:
    assert [name_period(kind, date(2026, 3, 4)) for kind in PeriodKind] == ["2026-03-04", "2026-03", "2026"]
