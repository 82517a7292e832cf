"""A shop's UID and short code: what tells its numbers from another shop's."""

import uuid

import pytest

from pos.kernel.database import unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.own_codes import format_document_number, format_receipt_number, parse_receipt_number
from pos.maintenance.verify import verify_books
from pos.shop.codes import give_uid, parse_code, propose_code
from pos.shop.models import get_shop
from tests.conftest import MORNING, Shop


@pytest.mark.parametrize(
    ("name", "code"),
    [("Điểm OCOP Mông Phụ", "MP"), ("Hợp tác xã Đường Lâm", "DL"), ("Tiệm", ""), ("Quán 24 7", ""), ("", "")],
)
def test_a_code_is_proposed_from_the_name(name: str, code: str) -> None:
    assert propose_code(name) == code


@pytest.mark.parametrize(("typed", "code"), [("mp", "MP"), (" M P2 ", "MP2"), ("ABCDEF", "ABCDEF")])
def test_a_code_is_capitals(typed: str, code: str) -> None:
    assert parse_code(typed) == code


@pytest.mark.parametrize("typed", ["M", "2M", "MP-1", "ABCDEFG", "MÔ", "<b>", ""])
def test_an_odd_code_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as no:
        parse_code(typed)
    assert no.value.reasons[0].code == "shop_code_odd"


@pytest.mark.parametrize("code", [None, "MP", "A1", "ABCDEF"])
def test_a_number_is_read_back_as_it_is_printed(code: str | None) -> None:
    assert parse_receipt_number(format_receipt_number(1_234, code), code) == 1_234
    assert format_document_number(7, code) == (f"{code}-7" if code else "7")


def test_numbers_are_read_however_they_are_typed_but_not_another_shops() -> None:
    for typed in ("42", "000042", "PT-000042", "pt42", "mp-42", "MP000042", " MP-42 "):
        assert parse_receipt_number(typed, "MP") == 42, typed
    for typed in ("MP", "MP-", "-42", "MP-4 2", "4" * 13, "Đ-42", "ZZ-000042", "MPX-42", "ZZ42"):
        assert parse_receipt_number(typed, "MP") is None, typed
    assert parse_receipt_number("MP-42", None) is None


def test_an_older_shop_gets_a_uid_once_and_its_books_stay_whole(shop: Shop) -> None:
    with unit_of_work() as session:
        get_shop(session).uid = None
        give_uid(session, at=MORNING)
        uid = get_shop(session).uid
        assert uid is not None
        assert uuid.UUID(uid).version == 4
        give_uid(session, at=MORNING)
        assert get_shop(session).uid == uid
        session.flush()
        assert verify_books(session) == []
