"""Money, quantities, days, text: the words that everything else is said in."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.kernel import formats as words
from pos.kernel.clock import FixedClock, ShiftedClock, add_months, business_day, day_end, day_start, month_end
from pos.kernel.formats import format_percent, format_thousandths
from pos.kernel.money import amount_vnd, apportion, looks_mistyped, round_down, share_of_line, suggest_amounts
from pos.kernel.parsers import (
    can_be_two_quantities,
    is_no_such_day,
    read_day,
    read_latest_day,
    read_quantity,
    read_tenths,
    read_thousandths,
    read_vnd,
)
from pos.kernel.quantity import Content, Unit, unit_price_vnd
from pos.kernel.text import fold_text, normalize_lines, normalize_text

amounts = st.integers(0, 10**9)


def test_a_line_is_rounded_once_half_up() -> None:
    assert amount_vnd(25_000, 450) == 11_250
    assert amount_vnd(1, 500) == 1
    assert amount_vnd(1, 499) == 0
    for bad in ((-1, 1), (1, -1)):
        with pytest.raises(ValueError, match="not negative"):
            amount_vnd(*bad)


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_shares_add_up_exactly_and_keep_proportion(total: int, weights: list[int]) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < 1


@pytest.mark.parametrize("weights", [[0, 0], [-1, 2]])
def test_nothing_to_share_over(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="share"):
        apportion(10, weights)


@given(amounts, st.integers(1, 10_000), st.data())
def test_all_refunds_of_a_line_add_up_to_what_was_paid(paid: int, whole: int, data: st.DataObject) -> None:
    before = back = 0
    while before < whole:
        part = data.draw(st.integers(1, whole - before))
        got = share_of_line(paid, before, part, whole)
        assert got >= 0
        back, before = back + got, before + part
        assert back <= paid
    assert back == paid


def test_a_part_lies_within_its_whole() -> None:
    with pytest.raises(ValueError, match="within"):
        share_of_line(1000, 2, 2, 3)


def test_cash_rounds_in_the_buyers_favour() -> None:
    assert (round_down(12_750, 500), round_down(12_750, 1000), round_down(12_750, 0)) == (
        12_500,
        12_000,
        12_750,
    )


def test_hand_overs_are_the_nearest_round_sums() -> None:
    assert suggest_amounts(385_000) == [400_000, 500_000]
    assert suggest_amounts(42_000) == [50_000, 60_000]
    assert suggest_amounts(0) == []
    assert all(tender > 12_345 for tender in suggest_amounts(12_345))


def test_the_classic_slip_is_asked_again() -> None:
    assert looks_mistyped(200, 185_000)
    assert looks_mistyped(2_000_000, 185_000)
    assert not looks_mistyped(200_000, 185_000)
    assert not looks_mistyped(500_000, 8_000)


def test_units() -> None:
    assert Unit.PIECE.allows(3000)
    assert not Unit.PIECE.allows(500)
    assert Unit.KG.allows(1)
    assert not Unit.KG.allows(0)
    assert unit_price_vnd(45_000, 250_000, Content.G) == 180_000
    assert unit_price_vnd(45_000, 0, Content.G) is None
    assert unit_price_vnd(45_000, 5_000, Content.PIECE) is None


def test_the_business_day_is_the_shops_own() -> None:
    assert business_day(datetime(2026, 11, 23, 17, 0, tzinfo=UTC)) == date(2026, 11, 24)
    assert business_day(datetime(2026, 11, 23, 16, 59, 59, tzinfo=UTC)) == date(2026, 11, 23)
    with pytest.raises(ValueError, match="zone"):
        business_day(datetime(2026, 11, 23))
    day = date(2026, 11, 24)
    assert business_day(day_start(day)) == day
    assert business_day(day_end(day) - timedelta(microseconds=1)) == day
    assert business_day(day_end(day)) == date(2026, 11, 25)


def test_months_end_where_the_calendar_lets_them() -> None:
    assert add_months(date(2024, 2, 29), 36) == date(2027, 2, 28)
    assert add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert add_months(date(2025, 12, 5), 36) == date(2028, 12, 5)
    assert month_end(2028, 2) == date(2028, 2, 29)


def test_clocks() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.advance(hours=2)
    assert clock.now().hour == 2
    assert abs(ShiftedClock(timedelta(days=1)).now() - datetime.now(UTC) - timedelta(days=1)) < timedelta(
        seconds=5
    )


@pytest.mark.parametrize(("typed", "amount"), [
    ("45.000", 45_000), ("45 000đ", 45_000), ("60,000", 60_000), ("4.500 đ", 4_500), ("250000", 250_000), ("-5000", -5_000),
    ("45.00", None), ("abc", None), ("", None), ("4,5", None),
])  # fmt: skip
def test_sums_as_people_type_them(typed: str, amount: int | None) -> None:
    assert read_vnd(typed) == amount


@pytest.mark.parametrize(
    ("typed", "milli"),
    [("3", 3000), ("0,45", 450), ("0.450", 450), ("1,25", 1250), ("0,0001", None), ("x", None), ("-1", None)],
)
def test_quantities_as_people_type_them(typed: str, milli: int | None) -> None:
    assert read_quantity(typed) == milli


@pytest.mark.parametrize(("typed", "pieces", "kilograms", "unknown"), [
    ("1.000", 1_000_000, 1000, None), ("1,000", None, 1000, None), ("2.500", 2_500_000, 2500, None), ("12.000", 12_000_000, 12_000, None),
    ("1.000.000", 1_000_000_000, None, None), ("1,5", None, 1500, 1500), ("1.0", None, 1000, 1000), ("0,512", None, 512, 512),
    ("1000", 1_000_000, 1_000_000, 1_000_000), ("999.999.999.999", None, None, None),
])  # fmt: skip
def test_one_thousand_is_never_read_as_one(
    typed: str, pieces: int | None, kilograms: int | None, unknown: int | None
) -> None:
    """'1.000' of pieces is a thousand or is asked; of kilograms a scale shows it for one."""
    got = read_quantity(typed, Unit.PIECE), read_quantity(typed, Unit.KG), read_quantity(typed)
    assert got == (pieces, kilograms, unknown)


READERS = (read_vnd, read_quantity, read_thousandths, read_tenths, read_day, can_be_two_quantities)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("typed", [
    "1" + "+" * 50_000, "1" + " " * 50_000, " " * 50_000 + "đ", "1." * 50_000, "-" * 50_000, "9" * 19, "9" * 40, "²", "١٢", "１２",
    "1\x00", "\u200b", "1/1/99999999999", "99999999999/1/2026", "0/0/0", "31/12/0000", "1/2/3/4", "NaN", "1e9", "½", "−" * 39,
])  # fmt: skip
def test_no_text_breaks_a_reader(read: Any, typed: str) -> None:
    """Squares of length, superscripts, other scripts' figures, years that no calendar has: no number, and at once."""
    assert not read(typed)


@given(st.text(max_size=60))
def test_readers_take_any_text(typed: str) -> None:
    for read in READERS:
        read(typed)


@pytest.mark.parametrize(("typed", "day"), [
    ("24/11/2026", date(2026, 11, 24)), ("5-3-2025", date(2025, 3, 5)), ("2025-07-14", date(2025, 7, 14)),
    ("14/7/25", date(2025, 7, 14)), ("31/02/2025", None), ("11/2026", None), ("hôm nay", None), ("", None),
])  # fmt: skip
def test_days_as_people_type_them(typed: str, day: date | None) -> None:
    assert read_day(typed) == day


def test_a_month_means_its_last_day_where_asked() -> None:
    assert read_day("02/2028", month_ok=True) == date(2028, 2, 29)
    assert read_day("13/2028", month_ok=True) is None


def test_text_is_folded_and_tidied() -> None:
    assert fold_text("  BÁNH TẺ nếp Đặc  biệt ") == "banh te nep dac biet"
    assert normalize_text(" Che\u0300  lam\u200b ") == "Chè lam"
    assert normalize_lines(" Che\u0300\x1b[31m\r\n\u202elam\x00\u200b ") == "Chè[31m\nlam"
    assert normalize_lines("\u202e \ufeff\u200b\n\u00a0\u034f\ufe0f\x1b") == ""


def test_words_for_people() -> None:
    assert words.format_vnd(1_250_000) == "1.250.000 ₫"
    assert words.format_vnd_on_screen(45_000) == "45.000\u00a0₫"
    assert words.format_vnd(-500) == "−500 ₫"
    assert words.format_quantity(450, "kg") == "0,45 kg"
    assert words.format_quantity(-450, "kg") == "−0,45 kg"
    assert words.format_quantity(25_000, "kg", english=True) == "25 kg"
    assert words.format_quantity(-450, "kg", english=True) == "−0.45 kg"
    assert (words.format_quantity(3000, "piece"), words.format_quantity(-2000, "piece")) == ("3", "−2")
    assert words.format_day(None) == ""


@pytest.mark.parametrize(
    ("milli", "text"),
    [(0, "0"), (450, "0,45"), (1_000, "1"), (1_250, "1,25"), (1_234_005, "1234,005"), (-20, "−0,02")],
)
def test_thousandths_are_written_without_idle_noughts(milli: int, text: str) -> None:
    assert format_thousandths(milli) == text
    assert (
        format_percent(milli)
        == {0: "0", 450: "4,5", 1_000: "10", 1_250: "12,5", 1_234_005: "12340,05", -20: "−0,2"}[milli]
    )


@pytest.mark.parametrize(("typed", "day"), [
    ("24/11", date(2026, 11, 24)), ("25/11", date(2025, 11, 25)), ("1-1", date(2026, 1, 1)), ("29.2", date(2024, 2, 29)),
    ("25/11/2026", date(2026, 11, 25)), ("30/02", None), ("11/2026", None), ("13/13", None), ("", None),
])  # fmt: skip
def test_a_day_without_its_year_is_the_latest_that_has_come(typed: str, day: date | None) -> None:
    assert read_latest_day(typed, date(2026, 11, 24)) == day


@pytest.mark.parametrize(("typed", "is_none"), [
    ("31/02/2026", True), ("2026-02-30", True), ("32/1/26", True), ("24/11/2026", False), ("99/99/9999", False),
    ("mai", False), ("02/2026", False), ("", False), ("31/02", True), ("29/02", False), ("2026-11", False),
])  # fmt: skip
def test_what_is_written_like_a_day_is_told_from_what_is_none(typed: str, is_none: bool) -> None:
    assert is_no_such_day(typed) is is_none
