"""Sums in Vietnamese words, as a bookkeeper writes them on a voucher."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.kernel.amount_words import spell_vnd


@pytest.mark.parametrize(
    ("amount_vnd", "words"),
    [
        (0, "Không đồng"), (1, "Một đồng"), (10, "Mười đồng"), (15, "Mười lăm đồng"), (21, "Hai mươi mốt đồng"),
        (105, "Một trăm linh năm đồng"), (110, "Một trăm mười đồng"), (555, "Năm trăm năm mươi lăm đồng"),
        (1_000, "Một nghìn đồng"), (1_005, "Một nghìn không trăm linh năm đồng"),
        (20_000, "Hai mươi nghìn đồng"), (1_250_000, "Một triệu hai trăm năm mươi nghìn đồng"),
        (1_000_001, "Một triệu không trăm linh một đồng"), (500_031, "Năm trăm nghìn không trăm ba mươi mốt đồng"),
        (1_000_000_000, "Một tỷ đồng"), (2_000_500_000, "Hai tỷ năm trăm nghìn đồng"),
        (3_012_000_000_000, "Ba nghìn không trăm mười hai tỷ đồng"),
    ],
)  # fmt: skip
def test_a_sum_is_spelt_as_it_is_read(amount_vnd: int, words: str) -> None:
    assert spell_vnd(amount_vnd) == words


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_two_sums_are_never_spelt_alike(first: int, other: int) -> None:
    assert (spell_vnd(first) == spell_vnd(other)) == (first == other)
    assert "  " not in spell_vnd(first)


def test_less_than_nothing_has_no_words() -> None:
    with pytest.raises(ValueError, match="below 0"):
        spell_vnd(-1)
