"""The same refusal in other words: of a day still to come it will end, and a label that nobody looked at lacks nothing yet."""

from datetime import date, timedelta

import pytest

from pos.kernel.reason import Reason
from pos.web.reasons import render_reason
from tests.conftest import TODAY, Shop


@pytest.mark.parametrize(
    ("code", "ended", "words"),
    [
        ("expired", TODAY - timedelta(days=1), "đã hết hạn"),
        ("expired", TODAY, "sẽ hết hạn"),
        ("expired", TODAY + timedelta(days=6), "sẽ hết hạn"),
        ("certificate_ended", TODAY - timedelta(days=1), "đã hết hạn"),
        ("certificate_ended", TODAY + timedelta(days=6), "sẽ hết hạn"),
    ],
)
def test_what_is_still_to_come_is_told_as_to_come(shop: Shop, code: str, ended: date, words: str) -> None:
    with shop.app.test_request_context():
        assert words in render_reason(Reason.make(code, lot="L1", number="G1", ended=ended)).sentence


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("ingredients use", "Nhãn chưa ghi: thành phần"),
        ("name responsible origin use", "Chưa đối chiếu nhãn"),
    ],
)
def test_a_label_that_nobody_looked_at_lacks_nothing_yet(shop: Shop, missing: str, words: str) -> None:
    with shop.app.test_request_context():
        assert words in render_reason(Reason.make("label_incomplete", missing=missing)).sentence
