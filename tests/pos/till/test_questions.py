"""Every till route × every question: the answer goes on with the same request. A new route must join the table."""

from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from pos.catalog.models import GoodsKind, Product
from pos.identity.people import add_person
from pos.journal.models import JournalRow
from pos.kernel.actor import SYSTEM, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.pricing.prices import note_shelf_price
from pos.sales.basket import find_open_basket
from pos.sales.models import Basket, BasketLine
from pos.sales.questions import IsCountRight, Question
from pos.shifts.models import Shift, ShiftClose
from pos.shifts.queries import list_acts
from pos.stock.lots import place_hold
from pos.stock.models import Lot
from tests.builders import a_delivery, a_maker, a_product, gtin13
from tests.conftest import MANAGER, MORNING, STATION, TODAY, Shop

ENDS = TODAY + timedelta(days=30)

# Which questions an act at the till may ask. A route without one is here with an empty set.
ASKS: dict[str, set[str]] = {
    "till.scan": {"which_product", "which_lot", "which_dates", "age", "shelf"},
    "till.add": {"which_lot", "which_dates", "age", "shelf"},
    "till.choose_lot": {"which_dates", "age", "shelf"},
    "till.change_quantity": {"which_lot", "age", "shelf"},
    "till.pay": {"cash"},
    "till.pay_by_card": {"card_again"},
    "till.keep_card_part": {"card_again"},
    "till.sell_gift_voucher": {"card_again"},
    "till.take_debt": {"card_again"},
    "till.end_shift": {"shift_differs"},
    "till.hand_over": {"hand_over_differs", "hand_over_to"},
    "till.start_shift": {"float_odd"},
    **{endpoint: set() for endpoint in (
        "till.under_age", "till.add_extra", "till.switch_language", "till.set_aside", "till.call_manager", "till.void",
        "till.park", "till.take", "till.compare_lot", "till.cash", "till.explain_shift", "till.open_without_sale",
        "till.reprint", "till.give_back", "till.void_sale", "till.count_here", "till.find_refund",
        "till.give_discount", "till.give_staff_discount", "till.take_discount_back", "till.use_voucher", "till.put_voucher_back",
        "till.take_back_voucher", "till.look_at_voucher", "till.pay_on_account",
        "till.give_taking_back", "till.give_up_basket", "till.correct_way", "till.plan_exchange_of", "till.do_exchange",
        "till.show_transfer_code", "till.print_transfer_code", "till.keep_waiting", "till.take_up", "till.confirm_transfer",
    )},
}  # fmt: skip


class Forms(HTMLParser):
    """The forms of a page: address, and the fields with their values."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((known.get("hx-post", ""), {}))
        elif tag == "input" and "name" in known and self.found:
            self.found[-1][1][known["name"]] = known.get("value", "")


def answer(client: FlaskClient, page: str, name: str, value: str | None = None) -> Any:
    """Send the form of the page that answers with this field (and value)."""
    address, fields = next(
        (address, fields)
        for address, fields in Forms(page).found
        if name in fields and (value is None or fields[name] == value)
    )
    return client.post(address, data=fields)


@pytest.fixture
def client(shop: Shop) -> FlaskClient:
    with unit_of_work() as session:
        add_person(
            session,
            "Thu",
            Role.CASHIER,
            by=SYSTEM,
            at=MORNING - timedelta(days=20),
            login="thu",
            pin="739182",
        )
    client = shop.app.test_client()
    client.post("/sign-in", data={"login": "thu", "pin": "739182", "station": STATION})
    client.post("/till/shift/open", data={"float": "0"})
    return client


@pytest.fixture
def product_id(shop: Shop) -> int:
    with unit_of_work() as session:
        maker = a_maker(session)
        product = a_product(session, maker, 7)
        for lot in ("CU", "MOI"):
            a_delivery(session, maker, product, 20 * ONE, lot=lot, ends=ENDS + timedelta(days=len(lot)))
        return product.id


def stop_one_lot() -> int:
    with unit_of_work() as session:
        lots = {lot.number: lot.id for lot in session.scalars(select(Lot))}
        place_hold(session, lot_id=lots["CU"], reason="phồng", by=MANAGER, at=MORNING)
        return lots["MOI"]


def lower_tag(product_id: int) -> None:
    with unit_of_work() as session:
        note_shelf_price(session, session.get_one(Product, product_id), 30_000, by=MANAGER, at=MORNING)


def make_alcohol(product_id: int) -> None:
    """Of a strength that needs no licence."""
    with unit_of_work() as session:
        product = session.get_one(Product, product_id)
        product.kind, product.alcohol_permille = GoodsKind.ALCOHOL, 40
        product.label_entries += " warnings"


def lines() -> list[tuple[int, int, int | None]]:
    """Quantity in pieces, shown price and lot of each line."""
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        rows: list[BasketLine] = list(basket.lines) if basket else []
        return [(line.quantity_milli // ONE, line.shown_price_vnd, line.lot_id) for line in rows]


def code(product_id: int) -> str:
    return gtin13(7)


ROUTES: dict[str, Callable[[FlaskClient, int], Any]] = {
    "till.scan": lambda client, product_id: client.post(
        "/till/scan", data={"code": code(product_id), "once": "s1"}
    ),
    "till.add": lambda client, product_id: client.post(f"/till/add/{product_id}", data={"once": "a1"}),
}


def test_the_table_names_every_act(shop: Shop) -> None:
    posts = {
        rule.endpoint
        for rule in shop.app.url_map.iter_rules()
        if rule.endpoint.startswith("till.") and "POST" in (rule.methods or ())
    }
    assert posts == set(ASKS) & posts, "a new route joins the table"
    kinds = [*Question.__subclasses__(), *IsCountRight.__subclasses__()]
    asked = {question.panel for question in kinds} | {"shelf"}
    assert set().union(*ASKS.values()) == asked, "a new question joins the table"


@pytest.mark.parametrize("route", ROUTES)
def test_which_lot_goes_on_with_the_same_request(client: FlaskClient, product_id: int, route: str) -> None:
    good = stop_one_lot()
    page = ROUTES[route](client, product_id).text
    assert lines() == []
    assert 'data-panel="which_lot"' in page
    answer(client, page, "lot_id", str(good))
    assert [(quantity, lot) for quantity, _price, lot in lines()] == [(1, good)]


@pytest.mark.parametrize("route", ROUTES)
def test_the_age_is_asked_once(client: FlaskClient, product_id: int, route: str) -> None:
    make_alcohol(product_id)
    page = ROUTES[route](client, product_id).text
    assert 'data-panel="age"' in page
    assert lines() == []
    assert 'data-panel="pay"' in answer(client, page, "age", "yes").text
    assert 'data-panel="pay"' in client.post("/till/scan", data={"code": code(product_id)}).text
    assert sum(quantity for quantity, _price, _lot in lines()) == 2


@pytest.mark.parametrize("address", ["/till/language", "/till/scan", "/till/call", "/till/extra/1"])
def test_an_age_that_nobody_asked_is_not_confirmed(
    client: FlaskClient, product_id: int, address: str
) -> None:
    client.post(address, data={"age": "yes", "code": code(product_id), "product": "x"})
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        assert basket is None or not basket.age_confirmed
    make_alcohol(product_id)
    assert 'data-panel="age"' in client.post("/till/scan", data={"code": code(product_id)}).text


def weighed(lots: dict[str, int]) -> str:
    """A product by weight, its lots with the days until they end; returns its code."""
    with unit_of_work() as session:
        maker = a_maker(session, "Hộ cân")
        product = a_product(session, maker, 8, unit="kg", name="Bánh cân")
        for lot, days in lots.items():
            a_delivery(session, maker, product, 20 * ONE, lot=lot, ends=TODAY + timedelta(days=days))
    return f"010{gtin13(8)}"


def put_on() -> list[tuple[str, int]]:
    """Lot and thousandths of each line."""
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        rows: list[BasketLine] = list(basket.lines) if basket else []
        return [(session.get_one(Lot, line.lot_id).number, line.quantity_milli) for line in rows]


@pytest.mark.parametrize(("rest", "panel", "put"), [
    (f"17{TODAY + timedelta(days=40):%y%m%d}10L2", "pay", [("L2", 500)]),
    (f"10L117{TODAY + timedelta(days=20):%y%m%d}", "which_lot", []),  # the scanner left the separator out
    (f"17{TODAY + timedelta(days=30):%y%m%d}10L2", "which_dates", []),
    (f"11{TODAY - timedelta(days=9):%y%m%d}10L2", "which_dates", []),
    (f"11{TODAY - timedelta(days=9):%y%m%d}", "which_lot", []),
    (f"17{TODAY - timedelta(days=1):%y%m%d}10L2", "refused", []),
])  # fmt: skip
def test_a_weight_goes_on_with_the_same_scan(
    client: FlaskClient, rest: str, panel: str, put: list[tuple[str, int]]
) -> None:
    """Whatever the pack's code says is still said when its weight is told: by the answer nothing can be left out."""
    page = client.post("/till/scan", data={"code": weighed({"L1": 20, "L2": 40}) + rest, "once": "w1"}).text
    assert 'data-panel="weight"' in page
    address, fields = next((a, f) for a, f in Forms(page).found if "weight" in f)
    wrong = client.post(address, data=fields | {"weight": "nửa cân"}).text
    assert 'data-panel="weight"' in wrong
    assert "nửa cân" in wrong
    address, fields = next((a, f) for a, f in Forms(wrong).found if "weight" in f)
    for _twice in range(2):
        told = client.post(address, data=fields | {"weight": "0,5"}).text
        assert f'data-panel="{panel}"' in told
    assert put_on() == put


@pytest.mark.parametrize("more", [{}, {"scale_weight": "0,25"}])
def test_a_tile_by_weight_is_put_on_once(client: FlaskClient, product_id: int, more: dict[str, str]) -> None:
    weighed({"L1": 20})
    with open_reading() as session:
        tile = session.scalars(select(Product.id).where(Product.unit == "kg")).one()
    page = client.post(f"/till/add/{tile}", data={"quantity": "3"}).text
    address, fields = next((a, f) for a, f in Forms(page).found if "weight" in f)
    for _twice in range(2):
        client.post(address, data=fields | ({"weight": ""} | more if more else {"weight": "0,25"}))
    assert put_on() == [("L1", 250)]


def test_a_checked_price_is_sold_as_it_was_scanned(client: FlaskClient) -> None:
    """Lot, days and a lost separator go along from the price check into the basket."""
    gtin = weighed({"L1": 20, "L2": 40})
    for rest, panel in (
        (f"10L117{TODAY + timedelta(days=20):%y%m%d}", "weight"),
        ("3103000500" + "10L2", "pay"),
    ):
        checked = client.post("/till/scan", data={"code": gtin + rest, "mode": "check", "once": rest}).text
        assert 'data-panel="check"' in checked
        assert (
            'data-panel="check"'
            in client.post("/till/scan", data={"code": gtin + rest, "mode": "check", "once": rest}).text
        ), "a lost answer is given again"
        address, fields = next((a, f) for a, f in Forms(checked).found if f.get("code") == gtin + rest)
        assert f'data-panel="{panel}"' in client.post(address, data=fields).text
    assert put_on() == [("L2", 500)]


def test_a_lot_that_nobody_asked_for_replaces_none(client: FlaskClient, product_id: int) -> None:
    """The code names a stopped lot, or the line is of a scanned one: no field of the request makes it another."""
    good = stop_one_lot()
    scan = {"code": f"010{code(product_id)}10CU", "lot_id": str(good)}
    assert client.post("/till/scan", data=scan).status_code == 422
    assert lines() == []
    client.post("/till/scan", data={"code": f"010{code(product_id)}10MOI"})
    with open_reading() as session:
        stopped = session.scalars(select(Lot.id).where(Lot.number == "CU")).one()
    client.post("/till/line/1/quantity", data={"quantity": "3", "lot_id": str(stopped)})
    assert [(quantity, lot) for quantity, _price, lot in lines()] == [(3, good)]


def test_a_lost_answer_is_given_again(client: FlaskClient, product_id: int) -> None:
    """What only looked looks again; what closed the shift shows what it closed, and closes nothing more."""
    client.post("/till/scan", data={"code": code(product_id)})
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        assert basket is not None
        form = {"basket_id": basket.id, "version": basket.version, "given": "45000", "once": "p1"}
    for _twice in range(2):
        assert 'data-panel="done"' in client.post("/till/pay", data=form).text
    for address, sent in (("/till/scan", {"code": "PT-000001", "once": "r1"}),
                          ("/till/refund/find", {"number": "1", "once": "r2"})):  # fmt: skip
        for _twice in range(2):
            assert 'data-panel="refund"' in client.post(address, data=sent).text
    for _twice in range(2):
        closed = client.post("/till/shift/close", data={"counted": "45000", "once": "c1"}).text
        assert 'data-panel="shift_closed"' in closed
    with open_reading() as session:
        assert session.scalar(select(func.count()).select_from(ShiftClose)) == 1


def test_a_key_of_another_till_is_another_request(shop: Shop, client: FlaskClient, product_id: int) -> None:
    client.post("/till/scan", data={"code": code(product_id), "once": "k1"})
    other = shop.app.test_client()
    other.post("/sign-in", data={"login": "thu", "pin": "739182", "station": "Quầy 2"})
    other.post("/till/shift/open", data={"float": "0"})
    assert other.post("/till/scan", data={"code": code(product_id), "once": "k1"}).status_code == 409


@pytest.mark.parametrize("route", ROUTES)
def test_the_shelfs_price_goes_on_with_the_same_request(
    client: FlaskClient, product_id: int, route: str
) -> None:
    lower_tag(product_id)
    page = ROUTES[route](client, product_id).text
    assert lines() == []
    answer(client, page, "at_shelf_price")
    assert [(quantity, price) for quantity, price, _lot in lines()] == [(1, 30_000)]


@pytest.mark.parametrize(("step", "left"), [("-1", 1), ("1", 3)])
def test_a_changed_quantity_changes_and_never_adds(
    client: FlaskClient, product_id: int, step: str, left: int
) -> None:
    """A line of 2 whose lot was assumed; another lot of the product was put on hold meanwhile."""
    client.post(f"/till/add/{product_id}", data={"quantity": "2"})
    ((_two, price, _assumed),) = lines()
    good = stop_one_lot()
    page = client.post("/till/line/1/quantity", data={"step": step, "once": f"q{step}"}).text
    assert 'data-panel="which_lot"' in page
    answer(client, page, "lot_id", str(good))
    assert lines() == [(left, price, good)]


def test_a_typed_quantity_keeps_the_price_that_was_shown(client: FlaskClient, product_id: int) -> None:
    lower_tag(product_id)
    page = client.post(f"/till/add/{product_id}", data={}).text
    answer(client, page, "at_shelf_price")
    good = stop_one_lot()
    page = client.post("/till/line/1/quantity", data={"quantity": "7"}).text
    answer(client, page, "lot_id", str(good))
    assert lines() == [(7, 30_000, good)]


def test_the_shelfs_price_is_asked_of_a_changed_quantity_too(client: FlaskClient, product_id: int) -> None:
    client.post(f"/till/add/{product_id}", data={})
    lower_tag(product_id)
    page = client.post("/till/line/1/quantity", data={"quantity": "4"}).text
    if "at_shelf_price" in page:
        answer(client, page, "at_shelf_price")
    assert [quantity for quantity, _price, _lot in lines()] == [4]
    assert all(price in {30_000, 45_000} for _quantity, price, _lot in lines())


def test_a_code_of_goods_and_of_a_receipt_asks_which(client: FlaskClient, product_id: int) -> None:
    client.post(f"/till/add/{product_id}", data={})
    with open_reading() as session:
        basket = session.scalars(select(Basket)).one()
    page = client.post(
        "/till/pay", data={"basket_id": basket.id, "version": basket.version, "given": "100000"}
    ).text
    assert 'data-panel="done"' in page
    with unit_of_work() as session:
        session.get_one(Product, product_id).sku = "PT-000001"
    page = client.post("/till/scan", data={"code": "pt-000001", "once": "k"}).text
    assert 'data-panel="which_product"' in page
    assert 'data-panel="refund"' in answer(client, page, "product_id", "receipt").text
    page = client.post("/till/scan", data={"code": "pt-000001", "once": "k2"}).text
    answer(client, page, "product_id", str(product_id))
    assert [quantity for quantity, _price, _lot in lines()] == [1]


def test_a_nought_too_many_is_asked_once_and_paid_by_the_same_request(
    client: FlaskClient, product_id: int
) -> None:
    client.post(f"/till/add/{product_id}", data={})
    with open_reading() as session:
        basket = session.scalars(select(Basket)).one()
    sent = {"basket_id": basket.id, "version": basket.version, "given": "900000"}
    page = client.post("/till/pay", data=sent).text
    assert 'data-panel="cash"' in page
    assert 'value="900.000"' in page, "what was typed is there to be compared"
    assert 'data-panel="done"' in client.post("/till/pay", data=sent | {"sure": "yes"}).text


@pytest.mark.parametrize("words", ["chẳng có gì", "TG-2", "PT-999", "zzz9"])
def test_nothing_that_is_typed_vanishes_without_words(
    client: FlaskClient, product_id: int, words: str
) -> None:
    page = client.post("/till/scan", data={"code": words, "typed": "", "once": words})
    assert page.status_code in {404, 422}
    assert words in page.text
    assert lines() == []


def test_a_name_that_is_typed_puts_the_best_on(client: FlaskClient, product_id: int) -> None:
    with open_reading() as session:
        name = session.get_one(Product, product_id).name_vi
    client.post("/till/scan", data={"code": name.lower(), "typed": "", "once": "n"})
    assert [quantity for quantity, _price, _lot in lines()] == [1]


def test_the_same_request_is_answered_and_another_of_its_key_is_told(
    client: FlaskClient, product_id: int
) -> None:
    first = {"code": code(product_id), "once": "the-key"}
    assert client.post("/till/scan", data=first).status_code == 200
    assert client.post("/till/scan", data=first).status_code == 200
    assert [quantity for quantity, _price, _lot in lines()] == [1]
    assert client.post("/till/scan", data=first | {"quantity": "3"}).status_code == 409
    assert [quantity for quantity, _price, _lot in lines()] == [1]


def test_a_difference_is_asked_before_a_shift_closes(client: FlaskClient, product_id: int) -> None:
    client.post(f"/till/add/{product_id}", data={})
    client.post("/till/park", data={"label": "cô Ba"})
    client.post("/till/cash", data={"way": "in", "amount": "59.019", "reason": "tiền lẻ"})
    client.post("/till/cash", data={"way": "out", "amount": "1.000", "reason": "mua đá"})
    page = client.post("/till/shift/close", data={"counted": "1.000"}).text
    assert 'data-panel="shift_differs"' in page
    assert "thiếu 57.019" in page
    assert 'placeholder="1.000"' in page, "the counted sum is shown, and what is typed anew stands alone"
    with open_reading() as session:
        assert session.scalar(select(func.count()).select_from(ShiftClose)) == 0
        (asked,) = session.scalars(select(JournalRow).where(JournalRow.kind == "count_differs"))
        assert '"counted_vnd":1000' in asked.payload
    again = client.post("/till/shift/close", data={"counted": "2.000", "difference": "-57019"}).text
    assert 'data-panel="shift_differs"' in again, "another count is another question"
    closed = answer(client, again, "difference").text
    assert 'data-panel="shift_closed"' in closed
    assert "Thu tiền mặt" in closed
    assert "Chi tiền mặt" in closed
    assert "còn 1 giỏ" in closed.lower()
    assert "cô Ba" in closed
    with open_reading() as session:
        assert session.scalars(select(ShiftClose)).one().counted_vnd == 2_000
        shift = session.scalars(select(Shift)).one()
        acts = [act for act in list_acts(session, shift) if act.kind == "count_differs"]
        assert [act.amount_vnd for act in acts] == [-57_019, -56_019], "the manager sees the first count, too"


def test_a_count_that_agrees_asks_nothing(client: FlaskClient) -> None:
    assert 'data-panel="shift_closed"' in client.post("/till/shift/close", data={"counted": "0"}).text


@pytest.mark.parametrize(
    ("typed", "is_asked"),
    [
        ("450", True),
        ("500", True),
        ("1.200", True),
        ("60000000", True),
        ("0", False),
        ("1.500", False),
        ("500000", False),
    ],
)
def test_a_float_that_no_drawer_begins_with_is_asked_about(village: Shop, typed: str, is_asked: bool) -> None:
    client = village.client("cashier")
    page = client.post("/till/shift/open", data={"float": typed}).text
    assert ('data-panel="float_odd"' in page) == is_asked
    if is_asked:
        assert 'data-panel="shift_open"' in client.get("/till/panel/pay").text, "nothing is open yet"
        page = client.post("/till/shift/open", data={"float": typed, "sure": "yes"}).text
    assert 'data-panel="pay"' in page
