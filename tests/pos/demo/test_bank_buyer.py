"""The buyer of the demo's strip pays the code at the counter; a real shop has no such buttons."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from pos.demo.bank_buyer import BuyerWay, list_amounts
from pos.demo.bank_views import start_fake_bank, with_fake_bank
from pos.demo.played_providers import PlayedTransfer
from pos.demo.playing_bank import PlayingBank
from pos.demo.village_bank import open_bank_account
from pos.kernel.actor import Actor, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.payments.models import PaymentCode
from pos.sales.models import Basket, BasketState
from tests.conftest import MANAGER, Shop

OTHER = Actor(1, "Người thứ hai", Role.MANAGER)


@pytest.fixture
def bank(village: Shop) -> Iterator[PlayingBank]:
    """The village as the demo has it: the account, the fake bank, its buttons."""
    with PlayingBank(village.clock) as playing:
        app = village.app
        app.extensions["ocop_config"] = with_fake_bank(app.extensions["ocop_config"], playing)
        with unit_of_work() as session:
            open_bank_account(session, MANAGER, OTHER, village.clock.now())
        app.config["DEMO_STRIP"] = village.village.strip if village.village else []
        start_fake_bank(app, playing)
        yield playing


@pytest.fixture
def till(village: Shop, bank: PlayingBank) -> FlaskClient:
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "500000"})
    return client


def show_code(shop: Shop, till: FlaskClient) -> PaymentCode:
    assert shop.village
    till.post("/till/scan", data={"code": list(shop.village.codes.values())[15]})
    assert till.post("/till/transfer").status_code == 200
    with open_reading() as session:
        return session.query(PaymentCode).order_by(PaymentCode.id.desc()).first()  # type: ignore[return-value]


def paid(bank: PlayingBank) -> list[PlayedTransfer]:
    return list(bank.books.transfers)


@pytest.mark.parametrize(
    ("way", "times", "less_vnd"), [("pays", 1, 0), ("short", 1, 20_000), ("twice", 2, 0)]
)
def test_the_buyer_pays_the_code_at_the_counter(
    village: Shop, till: FlaskClient, bank: PlayingBank, way: str, times: int, less_vnd: int
) -> None:
    code = show_code(village, till)
    assert till.post(f"/demo/bank/{way}").status_code == 200
    assert [each.amount_vnd for each in paid(bank)] == [code.amount_vnd - less_vnd] * times
    assert all(code.purpose in each.text for each in paid(bank))


def test_without_a_code_the_sum_comes_and_names_nothing(
    village: Shop, till: FlaskClient, bank: PlayingBank
) -> None:
    code = show_code(village, till)
    till.post("/demo/bank/no_code")
    (transfer,) = paid(bank)
    assert transfer.amount_vnd == code.amount_vnd
    assert code.purpose not in transfer.text


def test_the_newest_that_waits_aside_is_paid_where_nothing_is_at_the_counter(
    village: Shop, till: FlaskClient, bank: PlayingBank
) -> None:
    code = show_code(village, till)
    till.post(f"/till/transfer/{code.id}/wait")
    till.post("/demo/bank/pays")
    assert [code.purpose in each.text for each in paid(bank)] == [True]


def test_an_hour_later_the_basket_was_given_up_before_the_money_comes(
    village: Shop, till: FlaskClient, bank: PlayingBank
) -> None:
    code = show_code(village, till)
    till.post("/demo/bank/late")
    with open_reading() as session:
        assert session.get_one(Basket, code.basket_id).state == BasketState.EMPTIED
    assert [code.purpose in each.text for each in paid(bank)] == [True]


@pytest.mark.parametrize("way", ["pays", "short", "twice", "late"])
def test_where_no_code_waits_nothing_is_paid(till: FlaskClient, bank: PlayingBank, way: str) -> None:
    assert "F9" in till.post(f"/demo/bank/{way}").text
    assert paid(bank) == []


def test_another_way_is_not_found(till: FlaskClient) -> None:
    assert till.post("/demo/bank/dearly").status_code == 404


def test_only_who_sells_presses_the_buttons(village: Shop, bank: PlayingBank) -> None:
    assert village.client().post("/demo/bank/pays").status_code in {302, 401, 403}
    assert village.client("viewer").post("/demo/bank/pays").status_code == 403
    assert paid(bank) == []


def test_the_demos_till_has_the_buttons(till: FlaskClient) -> None:
    assert 'id="fake-bank"' in till.get("/till").text


def test_a_real_shop_has_neither_buttons_nor_routes(village: Shop) -> None:
    client = village.client("cashier")
    assert 'id="fake-bank"' not in client.get("/till").text
    assert client.post("/demo/bank/pays").status_code == 404
    assert not any(rule.endpoint.startswith("fake_bank") for rule in village.app.url_map.iter_rules())


@given(st.integers(1, 500_000_000))
def test_too_little_is_more_than_nothing_and_less_than_all_that_can_be_less(missing_vnd: int) -> None:
    (amount_vnd,) = list_amounts(BuyerWay.SHORT, missing_vnd)
    assert 0 < amount_vnd <= missing_vnd
    assert amount_vnd < missing_vnd or missing_vnd == 1
