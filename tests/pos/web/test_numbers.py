"""Numbers that no row can have break nothing."""

import pytest

from tests.conftest import Shop


@pytest.mark.parametrize("address", [
    "/till/receipt/1.png?paper=abc", "/till/sales?amount=99999999999999999999", "/till/sales/99999999999999999999",
    "/files/99999999999999999999", "/complaints/99999999999999999999", "/receiving?before=99999999999999999999", "/journal?before=-1",
])  # fmt: skip
def test_numbers_that_no_row_can_have_break_nothing(village: Shop, address: str) -> None:
    assert village.client("manager").get(address).status_code in {200, 404}
