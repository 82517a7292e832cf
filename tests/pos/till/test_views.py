"""The till as it is used: the next buyer, no shift, unknown codes, mistyped PINs and figures, lots that the books miss."""

import pytest
from sqlalchemy import select

from pos.catalog.models import GoodsKind, Product
from pos.demo.build import TOLD_PINS
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.parsers import read_vnd
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.sales.basket import add_goods, confirm_age, find_open_basket, set_language, void_line
from pos.sales.questions import WhatAge
from pos.stock.models import Lot, OnHand, Place
from pos.storeroom.move import move_stock
from tests.builders import a_delivery, a_maker, a_product, a_stocked_shop
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop


def test_the_next_buyer_is_asked_anew(shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_stocked_shop(session)
        product.kind, product.alcohol_permille = GoodsKind.ALCOHOL.value, 40
        product.label_entries += " warnings"
        basket = confirm_age(session, STATION, by=CASHIER, at=MORNING)
        add_goods(session, STATION, product.id, ONE, at=MORNING)
        set_language(basket, "en", MORNING)
        void_line(session, basket, 1, by=CASHIER, at=MORNING)
        assert (basket.age_confirmed, basket.language) == (False, "")
        with pytest.raises(WhatAge):
            add_goods(session, STATION, product.id, ONE, at=MORNING)


def test_without_a_shift_one_may_look_but_not_sell(village: Shop) -> None:
    client = village.client("cashier")
    for panel in ("keys", "check"):
        assert f'data-panel="{panel}"' in client.get(f"/till/panel/{panel}").text
    assert 'data-panel="sales"' in client.get("/till/sales").text
    assert 'data-panel="shift_open"' in client.get("/till/panel/cash").text


def test_an_unknown_code_can_be_called_for(village: Shop) -> None:
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "0"})
    shown = client.post("/till/scan", data={"code": "9520000999996"}).text
    assert 'name="product" value="9520000999996"' in shown
    client.post("/till/call", data={"product": "9520000999996", "codes": "unknown_code"})
    assert "quầy đã gọi" in village.client("manager").get("/refused").text


def test_a_mistyped_pin_at_a_void_keeps_the_form(village: Shop) -> None:
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "0"})
    with open_reading() as session:
        assert find_open_basket(session, STATION) is None
    shown = client.post("/till/drawer", data={"reason": "đổi tiền", "login": "quan-ly-mau", "pin": "000001"})
    assert shown.status_code == 403
    assert 'hx-post="/till/drawer"' in shown.text
    assert 'value="đổi tiền"' in shown.text


def test_odd_figures_in_forms_are_refused_politely(village: Shop) -> None:
    client = village.client("manager")
    client.post("/till/shift/open", data={"float": "0"})
    assert client.post("/till/pay", data={"basket_id": "x", "version": "y", "given": "1"}).status_code in {
        404,
        409,
        422,
    }
    assert client.post("/till/choose/1/1", data={"quantity_milli": "abc"}).status_code in {200, 422}
    assert (
        client.post(
            "/prices/set", data={"product": "999999", "price-999999": "5000", "starts": "24/11/2026"}
        ).status_code
        == 404
    )
    assert client.post("/prices/set", data={"starts": "24/11/2026"}).status_code == 302
    assert read_vnd("9" * 30) is None


def test_a_lot_that_the_books_miss_is_counted_at_the_till_with_approval(village: Shop) -> None:
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "0"})
    code = village.village.misfit_codes["Măng khô 200 g"]
    shown = client.post("/till/scan", data={"code": code}).text
    with open_reading() as session:
        product = session.scalars(select(Product).where(Product.name_vi == "Măng khô")).one()
        lot = session.scalars(select(Lot).where(Lot.product_id == product.id)).first()
        boss = next(login for role, _, login, _ in village.village.pins if role == "manager")
    assert f'hx-get="/till/count/{product.id}"' in shown
    assert 'data-panel="count"' in client.get(f"/till/count/{product.id}").text
    assert lot is not None
    form = {"lot_id": str(lot.id), "counted": "3", "reason": "có trên kệ"}
    assert client.post(f"/till/count/{product.id}", data=form).status_code == 403
    assert (
        client.post(
            f"/till/count/{product.id}",
            data=form | {"login": boss, "pin": TOLD_PINS["manager"], "counted": "1,5"},
        ).status_code
        == 422
    )
    assert (
        client.post(
            f"/till/count/{product.id}", data=form | {"login": boss, "pin": TOLD_PINS["manager"]}
        ).status_code
        == 200
    )
    assert client.post("/till/scan", data={"code": code}).status_code == 200
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_lot_of_goods_without_a_shelf_is_counted_where_they_belong(village: Shop) -> None:
    """Goods of a list have no shelf of their own: their zone's is meant. What lies in the storeroom is told."""
    with unit_of_work() as session:
        maker = a_maker(session, "Hộ không kệ")
        product = a_product(session, maker, 980)
        lot = a_delivery(session, maker, product, 2 * ONE)
        store = session.scalars(select(Place).where(Place.code == "KHO")).one()
        move_stock(session, lot, product.shelf_place_id or 0, store.id, 2 * ONE, by=MANAGER, at=MORNING)
        product.shelf_place_id = None
        product_id, lot_id = product.id, lot.id
    till = village.client("cashier")
    till.post("/till/shift/open", data={"float": "500000"})
    assert "chuyển ra kệ trước" in till.get(f"/till/count/{product_id}").text
    form = {
        "lot_id": lot_id,
        "counted": "3",
        "reason": "đếm lại",
        "once": "c1",
        "login": "quan-ly-mau",
        "pin": TOLD_PINS["manager"],
    }
    assert till.post(f"/till/count/{product_id}", data=form).status_code == 200
    with open_reading() as session:
        shelf = session.scalars(select(Place).where(Place.code == "OCOP")).one()
        assert session.get_one(OnHand, (lot_id, shelf.id)).quantity_milli == 3 * ONE
