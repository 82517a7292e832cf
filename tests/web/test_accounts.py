"""Buyers on account, vouchers and money to give back, on the desk and at the till, as people send the forms."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from pos.demo.build import TOLD_PINS
from pos.journal.models import JournalRow
from pos.kernel.database import open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.sales.debts import list_debts
from pos.sales.models import Sale, TenderKind
from pos.sales.money_models import Buyer, Taking
from pos.sales.queries import list_discounts, list_tenders
from pos.shop.models import get_shop
from pos.stock.models import Lot
from pos.vouchers.models import Voucher
from pos.vouchers.queries import sum_balance
from tests.builders import code_of, the_open_basket
from tests.conftest import STATION, Shop


@pytest.fixture
def till(village: Shop) -> FlaskClient:
    """A cashier whose shift is open, with one pack in the basket."""
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "500000"})
    client.post("/till/scan", data={"code": code_of(village)})
    return client


def a_managers_word(village: Shop) -> dict[str, str]:
    login = next(login for role, _name, login, _pin in village.village.pins if role == "manager")
    return {"login": login, "pin": TOLD_PINS["manager"], "reason": "khách quen"}


def paying() -> dict[str, Any]:
    basket = the_open_basket()
    return {"basket_id": basket.id, "version": basket.version}


def find_newest(table: Any) -> Any:
    with open_reading() as session:
        key = next(iter(table.__table__.primary_key))
        return session.scalars(select(table).order_by(key.desc())).first()


def add_buyer(village: Shop, limit: str = "2.000.000") -> int:
    answer = village.client("manager").post(
        "/buyers/new", data={"name": "Công ty mẫu", "limit_vnd": limit, "phone": "0900000000"}
    )
    assert answer.status_code == 302, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def test_on_account_from_the_buyers_page_to_the_last_dong(village: Shop, till: FlaskClient) -> None:
    manager, buyer = village.client("manager"), add_buyer(village)
    refused = till.post("/till/pay-account", data={**paying(), "buyer": buyer, "amount": "45.000"})
    assert 'id="login-no"' in refused.text
    done = till.post(
        "/till/pay-account", data={**paying(), "buyer": buyer, "amount": "45.000", **a_managers_word(village)}
    )
    assert 'data-panel="done"' in done.text
    number = find_newest(Sale).number
    assert "45.000" in manager.get(f"/buyers/{buyer}").text
    short = till.post("/till/debt", data={"sale": number, "amount": "45.001", "kind": "cash", "once": "a"})
    assert 'id="amount-no"' in short.text
    assert "45.001" in short.text
    paid = till.post("/till/debt", data={"sale": number, "amount": "44.000", "kind": "cash", "once": "b"})
    again = till.post("/till/debt", data={"sale": number, "amount": "44.000", "kind": "cash", "once": "b"})
    assert (paid.status_code, again.status_code) == (200, 200)
    with open_reading() as session:
        assert [debt.open_vnd for debt in list_debts(session)] == [1_000]
    assert manager.post(f"/buyers/{buyer}/let-go/{number}", data={"reason": " "}).status_code == 422
    assert manager.post(f"/buyers/{buyer}/let-go/{number}", data={"reason": "lẻ"}).status_code == 302
    assert manager.post(f"/buyers/{buyer}/erase").status_code == 302
    assert "Công ty mẫu" not in manager.get("/buyers").text
    assert find_newest(Buyer).phone == ""
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_buyer_that_is_mistyped_keeps_what_was_typed(village: Shop) -> None:
    manager = village.client("manager")
    answer = manager.post("/buyers/new", data={"name": "Khách lẻ", "limit_vnd": "0", "phone": "0900000001"})
    assert answer.status_code == 422 or 'id="limit_vnd-no"' in answer.text
    assert "0900000001" in answer.text
    add_buyer(village)
    twice = manager.post("/buyers/new", data={"name": "công ty mẫu", "limit_vnd": "5000"})
    assert 'id="name-no"' in twice.text


def test_a_voucher_is_sold_used_by_its_code_and_guessed_in_vain(village: Shop, till: FlaskClient) -> None:
    made = till.post(
        "/till/voucher/sell", data={"value": "100.000", "kind": "cash", "until": "31/12/2027", "once": "v"}
    )
    found = re.search(r"QT(?:-[A-Z2-9]{4}){4}", made.text)
    assert found is not None
    again = till.post(
        "/till/voucher/sell", data={"value": "100.000", "kind": "cash", "until": "31/12/2027", "once": "v"}
    )
    assert "QT-" not in again.text  # the code is told once
    with open_reading() as session:
        assert session.query(Voucher).count() == 1
    for _guess in range(5):
        wrong = till.post("/till/voucher", data={"code": "QT-AAAA-AAAA-AAAA-AAAA"})
        assert 'id="code-no"' in wrong.text
    shut = till.post("/till/voucher", data={"code": found.group()})
    assert 'id="code-no"' in shut.text
    village.clock.passed_seconds += 100.0
    assert 'data-panel="pay"' in till.post("/till/scan", data={"code": found.group().replace("-", "")}).text
    assert 'data-panel="done"' in till.post("/till/pay", data={**paying(), "given": "0"}).text
    with open_reading() as session:
        assert sum_balance(session, 1) == 55_000
        assert session.query(JournalRow).filter_by(kind="voucher_unknown").count() >= 4
        assert found.group()[-9:] not in "".join(row.payload for row in session.query(JournalRow))
        assert verify_books(session) == []
    manager = village.client("manager")
    assert "55.000" in manager.get("/vouchers").text
    assert "55.000" in manager.get("/vouchers/1").text


def test_a_voucher_is_given_away_and_cancelled(village: Shop) -> None:
    manager = village.client("manager")
    refused = manager.post("/vouchers/new", data={"value_vnd": "500", "reason": "tặng"})
    assert 'id="value_vnd-no"' in refused.text
    made = manager.post("/vouchers/new", data={"value_vnd": "50.000", "reason": "tặng khách"})
    assert re.search(r"QT(?:-[A-Z2-9]{4}){4}", made.text)
    assert manager.post("/vouchers/1/cancel", data={"reason": "mất"}).status_code == 302
    assert manager.post("/vouchers/1/cancel", data={"reason": "mất"}).status_code == 422
    assert manager.get("/vouchers/99").status_code == 404


def test_a_discount_asks_for_a_managers_word_and_is_taken_back(village: Shop, till: FlaskClient) -> None:
    odd = till.post("/till/discount", data={"off": "nhiều", "line": "0", "reason": ""})
    assert 'id="off-no"' in odd.text
    assert 'id="reason-no"' in odd.text
    asked = till.post("/till/discount", data={"off": "10 %", "line": "0", "reason": "móp"})
    assert 'id="login-no"' in asked.text
    assert 'value="10 %"' in asked.text
    word = a_managers_word(village) | {"reason": "móp"}
    done = till.post("/till/discount", data={"off": "10 %", "line": "0", **word})
    assert "40.500" in done.text
    till.post("/till/discount/basket/0/remove")
    till.post("/till/discount", data={"off": "5.000", "line": "1", **word})
    till.post("/till/pay", data={**paying(), "given": "40000"})
    with open_reading() as session:
        sale = session.scalars(select(Sale).order_by(Sale.number.desc())).first()
        assert sale is not None
        assert [(off.kind, off.amount_vnd) for off in list_discounts(session, sale.number)] == [
            ("line", 5_000)
        ]
        assert verify_books(session) == []


def test_a_part_by_card_is_given_back_when_the_buyer_goes(village: Shop, till: FlaskClient) -> None:
    asked = {"card": "20.000", "reference": "0007"}
    part = till.post("/till/pay-card-part", data=asked)
    assert "25.000" in part.text
    twice = till.post("/till/pay-card-part", data=asked)
    assert "card_again" in twice.text or 'name="sure"' in twice.text
    refused = till.post("/till/line/1/void")
    assert refused.status_code == 422
    word = a_managers_word(village)
    assert 'data-panel="pay"' in till.post("/till/give-up", data=word).text
    manager = village.client("manager")
    page = manager.get("/to-give-back").text
    assert "20.000" in page
    number = find_newest(Taking).number
    assert manager.post(f"/to-give-back/{number}", data={"way": "", "reason": " "}).status_code == 422
    assert (
        manager.post(f"/to-give-back/{number}", data={"way": "", "reason": "khách quay lại"}).status_code
        == 302
    )
    assert manager.post(f"/to-give-back/{number}", data={"way": "", "reason": "lần nữa"}).status_code == 422
    with open_reading() as session:
        assert verify_books(session) == []


def test_an_exchange_is_looked_at_then_done_once(village: Shop, till: FlaskClient) -> None:
    till.post("/till/pay", data={**paying(), "given": "45000"})
    number = find_newest(Sale).number
    till.post("/till/scan", data={"code": code_of(village)})
    till.post("/till/line/1/quantity", data={"quantity": "2"})
    back = {"part-1": "1", "reason": "đổi", "key": "k"}
    plan = till.post(f"/till/exchange/{number}", data=back)
    assert 'data-panel="exchange"' in plan.text
    assert "45.000" in plan.text
    sent = {**back, **paying(), "given": "50.000"}
    assert 'data-panel="done"' in till.post(f"/till/exchange/{number}/do", data=sent).text
    assert 'data-panel="done"' in till.post(f"/till/exchange/{number}/do", data=sent).text
    with open_reading() as session:
        sale = session.scalars(select(Sale).order_by(Sale.number.desc())).first()
        assert sale is not None
        assert sale.number == number + 2
        assert [(t.kind, t.amount_vnd, t.change_vnd) for t in list_tenders(session, sale.number)] == [
            ("cash", 90_000, 5_000)
        ]
        assert verify_books(session) == []


def test_a_lot_is_marked_down_from_its_page(village: Shop, till: FlaskClient) -> None:
    manager = village.client("manager")
    with open_reading() as session:
        lot = session.scalars(select(Lot).where(Lot.number == "L261121")).first()
        assert lot is not None
    assert (
        'id="rate_bp-no"'
        in manager.post(f"/lots/{lot.id}/mark-down", data={"rate_bp": "60", "reason": "x"}).text
    )
    assert (
        manager.post(f"/lots/{lot.id}/mark-down", data={"rate_bp": "20", "reason": "sắp hết hạn"}).status_code
        == 302
    )
    assert "20 %" in manager.get(f"/lots/{lot.id}").text
    assert "20 %" in till.get("/till").text  # told where the pack's own lot was not scanned


def test_a_wrong_way_of_paying_is_corrected_at_the_till(village: Shop, till: FlaskClient) -> None:
    till.post("/till/pay-card", data={**paying(), "card": "45.000", "reference": "1", "given": ""})
    sale = find_newest(Sale)
    word = a_managers_word(village)
    odd = till.post(
        f"/till/correct/{sale.number}", data={"kind": "cash", "amount": "45.001", **word, "once": "1"}
    )
    assert 'id="amount-no"' in odd.text
    done = till.post(
        f"/till/correct/{sale.number}", data={"kind": "cash", "amount": "45.000", **word, "once": "2"}
    )
    assert done.status_code == 200
    again = till.post(
        f"/till/correct/{sale.number}", data={"kind": "cash", "amount": "45.000", **word, "once": "2"}
    )
    assert again.status_code == 200
    with open_reading() as session:
        assert TenderKind.CARD in {tender.kind for tender in list_tenders(session, sale.number)}
        assert verify_books(session) == []


def test_the_policy_sets_who_may_take_off_how_much(village: Shop, till: FlaskClient) -> None:
    with unit_of_work() as session:
        get_shop(session).discount_limit_bp = 1_000
    done = till.post("/till/discount", data={"off": "10 %", "line": "0", "reason": "móp"})
    assert "40.500" in done.text


def test_a_voucher_whose_code_was_lost_is_taken_back_on_the_desk(village: Shop, till: FlaskClient) -> None:
    till.post("/till/voucher/sell", data={"value": "100.000", "kind": "cash", "until": "", "once": "v"})
    manager = village.client("manager")
    assert "/vouchers/1/take-back" in manager.get("/vouchers/1").text
    sent = {"station": STATION, "reason": " "}
    assert manager.post("/vouchers/1/take-back", data=sent).status_code == 422
    assert manager.post("/vouchers/1/take-back", data=sent | {"reason": "máy in kẹt"}).status_code == 302
    assert manager.post("/vouchers/1/take-back", data=sent | {"reason": "lần nữa"}).status_code == 422
    with open_reading() as session:
        assert sum_balance(session, 1) == 0
        assert verify_books(session) == []
