"""A slip of the fingers at the till: said at its field, in the form it came from, with all that was typed; never red, never listed."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from pos.catalog.models import Product
from pos.journal.models import JournalRow
from pos.kernel.database import open_reading
from pos.sales.models import Sale
from pos.stock.models import Lot, OnHand, Place
from tests.conftest import Shop


@pytest.fixture
def till(village: Shop) -> FlaskClient:
    client = village.client("cashier")
    assert client.post("/till/shift/open", data={"float": "500000"}).status_code == 200
    return client


def refusals_listed() -> int:
    with open_reading() as session:
        return session.scalar(select(func.count()).where(JournalRow.kind == "refused")) or 0


def a_piece() -> Product:
    """Something by the piece that the gate lets through and the shelf holds plenty of."""
    with open_reading() as session:
        query = select(Product).where(
            Product.unit == "piece", Product.kind == "packaged_food", ~Product.archived
        )
        return session.scalars(query.order_by(Product.id).limit(1)).one()


def put_on(till: FlaskClient) -> dict[str, str]:
    """One piece in the basket; what a payment's form holds."""
    page = till.post(f"/till/add/{a_piece().id}").text
    found = dict(re.findall(r'name="(basket_id|version)" value="(\d+)"', page))
    assert set(found) == {"basket_id", "version"}, page[:600]
    return found


def field_error(page: str, name: str) -> str:
    found = re.search(rf'id="{name}-no" role="alert">.*?</svg>([^<]+)<', page, re.DOTALL)
    return found.group(1) if found else ""


def check(page: str, panel: str, field: str, typed: str | None) -> None:
    assert f'data-panel="{panel}"' in page
    assert field_error(page, field)
    assert re.search(rf'<input[^>]*name="{field}"[^>]*aria-invalid="true"', page)
    if typed is not None:
        assert f'value="{typed}"' in page
    assert 'class="refusal"' not in page


def test_too_little_cash_is_said_at_its_box(till: FlaskClient) -> None:
    form, before = put_on(till), refusals_listed()
    answer = till.post("/till/pay", data=form | {"given": "1.000"})
    assert answer.status_code == 422
    check(answer.text, "cash", "given", "1.000")
    for odd in ("-50000", "²", "9999999999999999999", "chín", ""):
        check(till.post("/till/pay", data=form | {"given": odd}).text, "cash", "given", odd)
    assert 'data-panel="done"' in till.post("/till/pay", data=form | {"given": "500000", "sure": "1"}).text
    assert refusals_listed() == before


@pytest.mark.parametrize(("address", "panel", "fields", "wrong", "kept"), [
    ("/till/cash", "cash_move", {"amount": "x", "reason": "mua đá", "way": "out"}, "amount", {"reason": "mua đá"}),
    ("/till/cash", "cash_move", {"amount": "-5.000", "reason": "mua đá", "way": "in"}, "amount", {"reason": "mua đá"}),
    ("/till/cash", "cash_move", {"amount": "1", "reason": "mua đá", "way": "in"}, "amount", {"reason": "mua đá"}),
    ("/till/cash", "cash_move", {"amount": "20.000", "reason": " ", "way": "out"}, "reason", {"amount": "20.000"}),
    ("/till/cash", "cash_move", {"amount": "400.000", "reason": "nộp", "way": "out"}, "login", {"amount": "400.000", "reason": "nộp"}),
    ("/till/cash", "cash_move", {"amount": "400.000", "reason": "nộp", "way": "out", "login": "quan-ly", "pin": "111222"}, "pin", {"amount": "400.000", "login": "quan-ly"}),
    ("/till/drawer", "drawer", {"reason": "đổi tiền", "login": "quan-ly", "pin": "111222"}, "pin", {"reason": "đổi tiền"}),
    ("/till/drawer", "drawer", {"reason": "đổi tiền"}, "login", {"reason": "đổi tiền"}),
    ("/till/shift/close", "shift_close", {"counted": "năm trăm"}, "counted", {}),
    ("/till/refund/find", "refund_find", {"number": "PT-99999999"}, "number", {}),
    ("/till/refund/find", "refund_find", {"number": "²"}, "number", {}),
])  # fmt: skip
def test_each_form_comes_back_with_what_was_typed(
    till: FlaskClient, address: str, panel: str, fields: dict[str, str], wrong: str, kept: dict[str, str]
) -> None:
    before = refusals_listed()
    page = till.post(address, data=fields)
    assert page.status_code in {403, 404, 422}
    check(page.text, panel, wrong, fields.get(wrong) if wrong not in {"pin", "login"} else None)
    for value in kept.values():
        assert f'value="{value}"' in page.text
    assert fields.get("pin", "no pin") not in page.text
    assert refusals_listed() == before


def test_goods_back_keep_each_box_and_say_which_is_wrong(till: FlaskClient) -> None:
    with open_reading() as session:
        sale = session.scalars(
            select(Sale).where(Sale.refunds.is_(None)).order_by(Sale.number.desc())
        ).first()
        assert sale is not None
    address = f"/till/refund/{sale.number}"
    page = till.post(address, data={"part-1": "1.00.0", "reason": "vỡ", "key": "k1"}).text
    check(page, "refund", "part-1", "1.00.0")
    assert 'value="k1"' in page, "the same request, when it is right"
    check(
        till.post(address, data={"part-1": "9000", "reason": "vỡ", "key": "k1"}).text,
        "refund",
        "part-1",
        "9000",
    )
    check(till.post(address, data={"part-1": "1", "reason": "", "key": "k1"}).text, "refund", "reason", None)


def test_a_quantity_stays_in_its_box(till: FlaskClient) -> None:
    put_on(till)
    for odd in ("1,5", "²", "nhiều", "1.00"):
        page = till.post("/till/line/1/quantity", data={"quantity": odd}).text
        assert re.search(rf'name="quantity"[^>]*value="{re.escape(odd)}" aria-invalid="true"', page)
        assert 'data-panel="pay"' in page
        assert 'class="notice look" role="alert"' in page


def test_one_thousand_pieces_are_a_thousand(till: FlaskClient) -> None:
    """Not one: the shelf hasn't so many, and the answer says how many it has."""
    put_on(till)
    page = till.post("/till/line/1/quantity", data={"quantity": "1.000"}).text
    assert 'data-panel="refused"' in page
    assert re.search(r"trên kệ có \d+; khách cần 1000", page)


def test_what_another_till_holds_is_said_with_how_many_are_free(village: Shop, till: FlaskClient) -> None:
    other = village.app.test_client()
    pin = next(pin for role, _name, login, pin in village.village.pins if role == "manager")  # type: ignore[union-attr]
    login = next(login for role, _name, login, _pin in village.village.pins if role == "manager")  # type: ignore[union-attr]
    other.post("/sign-in", data={"login": login, "pin": pin, "station": "Quầy 2"})
    other.post("/till/shift/open", data={"float": "500000"})
    product = a_piece()
    with open_reading() as session:
        have = session.scalar(
            select(func.sum(OnHand.quantity_milli))
            .join(Place, Place.id == OnHand.place_id)
            .join(Lot, Lot.id == OnHand.lot_id)
            .where(Lot.product_id == product.id, Place.zone.in_(("ocop", "other")))
        )
    pieces = int(have or 0) // 1000
    assert pieces > 3
    other.post(f"/till/add/{product.id}", data={"quantity": str(pieces - 2)})
    page = till.post(f"/till/add/{product.id}", data={"quantity": "3"}).text
    assert f"Còn lấy được 2; {pieces - 2} đang nằm trong giỏ của Quầy 2" in page
    assert 'class="notice look" role="alert"' in page
    assert 'data-panel="pay"' in page


def test_a_quantity_of_nothing_is_said_and_one_too_large_is_called_so(till: FlaskClient) -> None:
    put_on(till)
    page = till.post("/till/line/1/quantity", data={"quantity": "99999999"})
    assert "Quá nhiều cho một dòng: nhiều nhất 10000" in page.text
    assert 'value="99999999" aria-invalid="true"' in page.text
    page = till.post("/till/line/1/quantity", data={"quantity": "0"})
    assert page.status_code == 200
    assert f"Đã bỏ {a_piece().name} khỏi giỏ" in page.text
    assert 'class="line' not in page.text.replace('class="lines"', "")


def test_goods_back_speak_of_giving_back(till: FlaskClient) -> None:
    form = put_on(till)
    page = till.post("/till/pay", data=form | {"given": "500000", "sure": "1"}).text
    with open_reading() as session:
        number = session.scalar(select(func.max(Sale.number)))
    address = f"/till/refund/{number}"
    page = till.post(address, data={"part-1": "1e9", "reason": "vỡ", "key": "k"}).text
    assert "có thể nhận lại" in field_error(page, "part-1")
    assert "đã mua 1 · thành tiền" in page
    page = till.post("/till/refund/find", data={"number": str(number)}).text
    assert re.search(r'<input id="part-1"[^>]* autofocus', page)
    assert 'data-panel="done"' in till.post(address, data={"part-1": "1", "reason": "vỡ", "key": "k"}).text
    page = till.post("/till/refund/find", data={"number": str(number)}).text
    assert "đã được trả lại hết" in page
    assert 'name="part-1"' not in page


def test_one_less_than_one_says_what_left_the_basket(till: FlaskClient) -> None:
    put_on(till)
    page = till.post("/till/line/1/quantity", data={"step": "-1"})
    assert f"Đã bỏ {a_piece().name} khỏi giỏ" in page.text


def test_too_many_back_and_no_reason_are_said_each_at_its_box(till: FlaskClient) -> None:
    till.post("/till/pay", data=put_on(till) | {"given": "500000", "sure": "1"})
    with open_reading() as session:
        number = session.scalar(select(func.max(Sale.number)))
    for typed in ("5", "x"):
        page = till.post(f"/till/refund/{number}", data={"part-1": typed, "reason": "", "key": "k"}).text
        assert field_error(page, "part-1")
        assert field_error(page, "reason")


@pytest.mark.parametrize("amount", ["", "x", "1"])
def test_cash_without_sum_and_reason_is_said_at_both_boxes(till: FlaskClient, amount: str) -> None:
    page = till.post("/till/cash", data={"amount": amount, "reason": "", "way": "in"}).text
    assert field_error(page, "amount")
    assert field_error(page, "reason")
