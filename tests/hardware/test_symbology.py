"""What a scan says; and that nothing a scanner can send ever raises."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.symbology import check_digit, gtin14, read, shown


@pytest.mark.parametrize(("text", "gtin"), [
    ("9520000000011", "09520000000011"), ("96385074", "00000096385074"), ("036000291452", "00036000291452"),
    ("19520000000018", "19520000000018"), ("]E09520000000011", "09520000000011"), ("9520000000012", None), ("12345", None),
])  # fmt: skip
def test_codes_by_their_check_digit(text: str, gtin: str | None) -> None:
    assert read(text).gtin == gtin


def test_element_strings_and_links() -> None:
    scan = read("]C1010952000000001110AB-1\x1d17261231")
    assert (scan.gtin, scan.lot, scan.expires_on) == ("09520000000011", "AB-1", date(2026, 12, 31))
    assert read("(01)09520000000011(10)CL1").lot == "CL1"
    assert read("(01)09520000000011(3103)000940").weight_milli == 940
    link = read("https://id.example.com/x/01/09520000000011/10/L%2F7?a=b")
    assert (link.gtin, link.lot) == ("09520000000011", "L/7")
    assert read("https://example.com/hello").gtin is None


def test_text_that_is_not_gs1_is_left_alone() -> None:
    scan = read("10156")
    assert (scan.gtin, scan.lot) == (None, None)


def test_slips_of_the_shop() -> None:
    assert read("PT-000046").receipt == 46
    assert read("pt46").receipt == 46


@given(st.text(max_size=2000))
def test_nothing_raises(text: str) -> None:
    scan = read(text)
    assert len(scan.text) <= 512


@given(
    st.one_of(
        st.text(alphabet="()0123456789]CdQ\x1d", max_size=60),
        st.binary(max_size=80).map(lambda b: b.decode("latin1")),
    )
)
def test_nothing_that_looks_like_gs1_raises(text: str) -> None:
    read("]C1" + text)
    read("(" + text)
    read("https://" + text)


@given(st.integers(0, 10**12 - 1))
def test_check_digits_hold(number: int) -> None:
    code = f"{number:012}"
    whole = code + check_digit(code)
    assert gtin14(whole) is not None
    assert gtin14(code + str((int(whole[-1]) + 1) % 10)) is None
    assert gtin14(shown(gtin14(whole) or "")) == gtin14(whole)
