"""What a scan says; and that nothing a scanner can send ever raises."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.symbology import (
    check_digit,
    format_digital_link,
    format_gtin,
    parse_gtin,
    parse_in_store_code,
    read_code,
)


@pytest.mark.parametrize(("text", "gtin"), [
    ("9520000000011", "09520000000011"), ("96385074", "00000096385074"), ("036000291452", "00036000291452"),
    ("19520000000018", "19520000000018"), ("]E09520000000011", "09520000000011"), ("9520000000012", None), ("12345", None),
])  # fmt: skip
def test_codes_by_their_check_digit(text: str, gtin: str | None) -> None:
    assert read_code(text).gtin == gtin


def test_element_strings_and_links() -> None:
    scan = read_code("]C1010952000000001110AB-1\x1d17261231")
    assert (scan.gtin, scan.lot, scan.expires_on) == ("09520000000011", "AB-1", date(2026, 12, 31))
    assert read_code("(01)09520000000011(10)CL1").lot == "CL1"
    assert read_code("(01)09520000000011(3103)000940").weight_milli == 940
    link = read_code("https://id.example.com/x/01/09520000000011/10/L%2F7?a=b")
    assert (link.gtin, link.lot) == ("09520000000011", "L/7")
    assert read_code("https://example.com/hello").gtin is None


@pytest.mark.parametrize("text", [
    "]Q1https://id.example.com/01/09520000000011/10/A(1)B?17=270200&11=260301&3103=000450&linkType=gs1:pip",
    "https://id.example.com/a/01/x/01/9520000000011/21/7/10/A%281%29B/?3102=000045&17=270228&11=260301",
    "http://id.example.com/01/09520000000011?10=A(1)B&17=270228&11=260301&3105=045000",
    "(01)09520000000011 (17)270200 (11)260301 (10)A(1)B (3103)000450", "]C1(01)09520000000011(17)270200(11)260301(10)A(1)B(3103)000450",
    "]d2\x1d010952000000001117270200112603013103000450" + "10A(1)B\x1d", "\x1d010952000000001117270200112603013103000450" + "10A(1)B",
    "010952000000001117270200112603013103000450" + "10A(1)B", "]e1010952000000001111260301310300045010A(1)B\x1d1527022817270200",
])  # fmt: skip
def test_a_label_says_all_that_receiving_asks(text: str) -> None:
    scan = read_code(text)
    assert (scan.gtin, scan.lot, scan.weight_milli) == ("09520000000011", "A(1)B", 450)
    assert (scan.made_on, scan.expires_on) == (date(2026, 3, 1), date(2027, 2, 28))


@pytest.mark.parametrize("wrong", ["17260231", "17000000", "17261300", "17261232"])
def test_a_day_that_never_was_costs_the_day_alone(wrong: str) -> None:
    day = read_code(f"https://id.example.com/01/09520000000011/10/L1?{wrong[:2]}={wrong[2:]}")
    assert (day.gtin, day.lot, day.expires_on) == ("09520000000011", "L1", None)
    assert read_code("]C1010952000000001117000000" + "10L1").lot == "L1"
    assert read_code("]C1010952000000001117260231" + "15260201").expires_on == date(2026, 2, 1)


@pytest.mark.parametrize("text", [
    "(103)12", "(01)0952000000001(10)A", "(01)09520000000011(10)", "x(01)09520000000011", "(a)(01)09520000000011",
    "https://id.example.com/01/09520000000011/10/A/B", "https://id.example.com/10/A", "]C1010952000000001110#",
    "https://id.example.com/01/09520000000011/10/%00?17=&3103=45&3109=000045",
])  # fmt: skip
def test_what_is_half_right_gives_no_lot(text: str) -> None:
    scan = read_code(text)
    assert (scan.lot, scan.expires_on, scan.weight_milli) == (None, None, None)


def test_a_link_holds_lots_with_letters_that_gs1_has_not() -> None:
    assert read_code("https://x.example.com" + format_digital_link("9520000000011", "Lô 5/đ")).lot == "Lô 5/đ"


def test_text_that_is_not_gs1_is_left_alone() -> None:
    for text in ("10156", "01-2026", "0109520000000012" + "10A", "]C0" + "10156"):
        scan = read_code(text)
        assert (scan.gtin, scan.lot) == (None, None)
    assert read_code("9520000000011\x1d").gtin == "09520000000011"


GTIN = "0109520000000011"


@pytest.mark.parametrize(("text", "lot", "apart"), [
    (f"{GTIN}10AB117261231", "AB117261231", ("AB1", date(2026, 12, 31), None)),
    (f"]C1{GTIN}10L-715270100", "L-715270100", ("L-7", date(2027, 1, 31), None)),
    (f"]d2{GTIN}10X1126110117261231", "X1126110117261231", ("X", date(2026, 12, 31), date(2026, 11, 1))),
])  # fmt: skip
def test_a_lost_separator_is_told(text: str, lot: str, apart: tuple[Any, ...]) -> None:
    code = read_code(text)
    assert code.lot == lot
    assert code.run_together is not None
    assert (code.run_together.lot, code.run_together.expires_on, code.run_together.made_on) == apart


@pytest.mark.parametrize("text", [
    f"{GTIN}10AB1\x1d17261231", f"{GTIN}1726123110AB1", f"{GTIN}10AB199999999", f"{GTIN}10AB117261331", f"{GTIN}10A",
    f"({GTIN[:2]}){GTIN[2:]}(10)AB1(17)261231",
])  # fmt: skip
def test_what_is_apart_is_not_taken_apart(text: str) -> None:
    assert read_code(text).run_together is None


@given(st.text(max_size=2000))
def test_nothing_raises(text: str) -> None:
    scan = read_code(text)
    assert len(scan.text) <= 512


@given(
    st.one_of(
        st.text(alphabet="()0123456789]CdQ\x1d", max_size=60),
        st.binary(max_size=80).map(lambda b: b.decode("latin1")),
    )
)
def test_nothing_that_looks_like_gs1_raises(text: str) -> None:
    read_code("]C1" + text)
    read_code("(" + text)
    read_code("https://" + text)
    read_code("https://example.com/01/09520000000011/" + text)
    read_code("https://example.com/01/09520000000011?17=" + text + "&3103=" + text)


@given(st.integers(0, 10**12 - 1))
def test_check_digits_hold(number: int) -> None:
    code = f"{number:012}"
    whole = code + check_digit(code)
    assert parse_gtin(whole) is not None
    assert parse_gtin(code + str((int(whole[-1]) + 1) % 10)) is None
    assert parse_gtin(format_gtin(parse_gtin(whole) or "")) == parse_gtin(whole)


@given(item=st.integers(0, 99_999), grams=st.integers(0, 99_999), prefix=st.integers(20, 29))
def test_a_weighed_pack_s_code_names_its_item_and_its_grams(item: int, grams: int, prefix: int) -> None:
    body = f"{prefix}{item:05}{grams:05}"
    scan = read_code(body + check_digit(body))
    plain = f"0{prefix}{item:05}00000"
    assert scan.gtin
    assert parse_in_store_code(scan.gtin) == (plain + check_digit(plain), grams)


def test_other_codes_hold_no_weight() -> None:
    for text in ("9520000000011", "96385074", "019520000000011"):
        scan = read_code(text)
        assert not scan.gtin or parse_in_store_code(scan.gtin) is None
