"""Amounts and days in every form that banks write them in; what is none is named, never guessed."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.payments.statements.cells import (
    DateOrder,
    LocalMoment,
    OddCell,
    read_amount,
    read_moment,
    read_time,
)

amounts = st.integers(0, 10**13 - 1)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 12, 31)).map(lambda at: at.replace(microsecond=0))


def group(amount: int, mark: str) -> str:
    return f"{amount:,}".replace(",", mark)


@pytest.mark.parametrize(("cell", "amount"), [
    ("1,234,567", 1_234_567), ("1.234.567", 1_234_567), ("1,234,567.00", 1_234_567), ("1.234.567,00", 1_234_567), ("1 234 567", 1_234_567),
    ("1234567", 1_234_567), ("1234567.00", 1_234_567), ("1,234", 1234), ("1.234", 1234), ("45.000 VND", 45_000), ("45,000.0 đ", 45_000),
    ("+ 45,000", 45_000), ("-45,000", -45_000), ("− 45.000", -45_000), ("(45,000)", -45_000), ("VND 45,000", 45_000), ("0.00", 0), ("0", 0),
    ("45\xa0000", 45_000), (45_000, 45_000), (45_000.0, 45_000), (-45_000.0, -45_000), (45_000.0000001, 45_000), ("", None), ("-", None),
    (None, None), ("  ", None), ("9999999999999", 9_999_999_999_999), ("0,00 VNĐ", 0), ("007", 7),
])  # fmt: skip
def test_an_amount(cell: Any, amount: int | None) -> None:
    assert read_amount(cell) == amount


@pytest.mark.parametrize(("cell", "code"), [
    ("1,234.50", "fraction"), ("12,5", "fraction"), ("1.234.567,01", "fraction"), (0.5, "fraction"), ("10000000000000", "long"), (1e13, "long"),
    ("9" * 90, "long"), ("9" * 5000, "unread"), ("١٢٣", "script"), ("１２３", "script"), ("12²", "script"), ("1,23,456", "unread"),
    ("1.234.00", "unread"), ("1,234.567", "unread"), ("abc", "unread"), ("=A1+1", "unread"), (float("nan"), "unread"), (float("inf"), "unread"),
    (True, "unread"), (date(2026, 8, 5), "unread"), ("--5", "unread"), ("(-5)", "unread"), ("(5", "unread"), ("12 USD", "cell_currency"),
    ("$12", "cell_currency"), ("1e5", "unread"), ("5-", "unread"), ("12:30", "unread"), ("1/2", "unread"),
])  # fmt: skip
def test_what_is_no_amount(cell: Any, code: str) -> None:
    with pytest.raises(OddCell) as odd:
        read_amount(cell)
    assert str(odd.value) in {f"statement_amount_{code}", f"statement_{code}"}


@given(amounts, st.sampled_from(",. \xa0"), st.sampled_from(["", "VND", " VND", " đ", "₫", " VNĐ"]), st.sampled_from(["", "+", "-", "- ", "("]), st.booleans())  # fmt: skip
def test_every_form_of_an_amount_is_read_back(
    amount: int, mark: str, currency: str, sign: str, has_fraction: bool
) -> None:
    figures = group(amount, mark)
    if has_fraction:
        figures += {",": ".00", ".": ",00"}.get(mark, ".00")
    text = f"({figures}){currency}" if sign == "(" else f"{sign}{figures}{currency}"
    assert read_amount(text) == (-amount if sign.strip() in {"-", "("} else amount)


@given(amounts)
def test_a_number_cell_is_read_back(amount: int) -> None:
    assert read_amount(amount) == amount
    assert read_amount(float(amount)) == amount
    assert read_amount(str(amount)) == amount


@pytest.mark.parametrize(("cell", "day", "clock", "rest"), [
    ("05/08/2026 14:08:08", date(2026, 8, 5), time(14, 8, 8), ""), ("05/08/2026", date(2026, 8, 5), None, ""),
    ("5/8/26", date(2026, 8, 5), None, ""), ("05-08-2026 14:08", date(2026, 8, 5), time(14, 8), ""),
    ("2026-06-30 03:11:16", date(2026, 6, 30), time(3, 11, 16), ""), ("2026-06-30T03:11:16.000", date(2026, 6, 30), time(3, 11, 16), ""),
    ("14:08:08 05/08/2026", date(2026, 8, 5), time(14, 8, 8), ""), ("05/08/2026\n14:08:08", date(2026, 8, 5), time(14, 8, 8), ""),
    ("03/08/2026 / 5254 - 05356", date(2026, 8, 3), None, "5254 - 05356"), ("05/08/2026 02:08:08 PM", date(2026, 8, 5), time(14, 8, 8), ""),
    ("05/08/2026 00:00:00", date(2026, 8, 5), None, ""), (46239, date(2026, 8, 5), None, ""), (46239.5, date(2026, 8, 5), time(12), ""),
    ("46239", date(2026, 8, 5), None, ""), (datetime(2026, 8, 5, 14, 8, 8), date(2026, 8, 5), time(14, 8, 8), ""),
    (datetime(2026, 8, 5), date(2026, 8, 5), None, ""), (date(2026, 8, 5), date(2026, 8, 5), None, ""),
])  # fmt: skip
def test_a_day_and_time(cell: Any, day: date, clock: time | None, rest: str) -> None:
    assert read_moment(cell) == LocalMoment(day, clock, rest)


class MonthShown(date):
    """As a sheet shows it without its day."""


@pytest.mark.parametrize("cell", [
    "13/13/2026", "31/02/2026", "08/2026", "yesterday", "05/08/1926", "05/08/2926", 5, 1e300, float("nan"), -46239, True, time(12), "٠٥/٠٨/٢٠٢٦",
    "05/08/2026 25:00", "05/08/2026 13:00 PM", "05/08/202", "123/08/2026", MonthShown(2026, 8, 1), "Tổng cộng", "1" * 9000,
])  # fmt: skip
def test_what_is_no_day(cell: Any) -> None:
    with pytest.raises(OddCell, match="statement_day_unread"):
        read_moment(cell)


@given(moments, st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y"]), st.sampled_from(["%H:%M:%S"]))  # fmt: skip
def test_every_form_of_a_day_is_read_back(at: datetime, day: str, clock: str) -> None:
    order = DateOrder.MONTH_FIRST if day.startswith("%m") else DateOrder.DAY_FIRST
    wanted = LocalMoment(at.date(), at.time() if at.time() != time.min else None)
    assert read_moment(at.strftime(f"{day} {clock}"), order) == wanted
    assert read_moment(at.strftime(f"{clock} {day}"), order) == wanted
    assert read_moment(at.strftime(day), order) == LocalMoment(at.date())


@given(moments)
def test_a_sheets_own_days_are_read_back(at: datetime) -> None:
    wanted = LocalMoment(at.date(), at.time() if at.time() != time.min else None)
    assert read_moment(at) == wanted
    assert read_moment((at - datetime(1899, 12, 30)) / timedelta(days=1)) == wanted


@pytest.mark.parametrize(("cell", "clock"), [
    ("14:08:08", time(14, 8, 8)), ("14:08", time(14, 8)), (time(14, 8, 8), time(14, 8, 8)), (0.5, time(12)), (timedelta(hours=9), time(9)), (None, None),
    (datetime(1899, 12, 30, 9, 30), time(9, 30)),
])  # fmt: skip
def test_a_time_of_its_own(cell: Any, clock: time | None) -> None:
    assert read_time(cell) == clock


cells = st.one_of(
    st.none(), st.text(max_size=40), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(), st.timedeltas(),
    st.from_regex(r"\A[-+(]?[0-9.,/: ]{0,20}[)dđA-Z]{0,4}\Z"),
)  # fmt: skip


@given(cells)
def test_no_cell_breaks_a_reader(cell: Any) -> None:
    for read in (read_amount, read_moment, read_time):
        with suppress(OddCell):
            read(cell)
