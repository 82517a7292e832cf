"""Prices in bulk: shown, set and taken back."""

import re

from flask.testing import FlaskClient

from pos.catalog.models import Product
from pos.kernel.database import open_reading
from pos.kernel.formats import format_vnd
from pos.maintenance.verify import verify_books
from pos.pricing.prices import find_price
from tests.conftest import TODAY, Shop


def test_prices_in_bulk_shown_set_and_taken_back(village: Shop, manager: FlaskClient) -> None:
    form = {
        "direction": "up",
        "percent_bp": "10",
        "step_vnd": "1000",
        "group_code": "crafts",
        "starts": "24/11/2026",
        "note": "giá Tết",
    }
    shown = manager.post("/prices", data=form).text
    products = re.findall(r'name="product" value="(\d+)"', shown)
    assert len(products) >= 10
    with open_reading() as session:
        before = {int(id_): find_price(session, int(id_), TODAY) for id_ in products}
    fields = {f"price-{id_}": price for id_, price in re.findall(r'name="price-(\d+)" value="(\d+)"', shown)}
    kept = products[1:]  # one was unticked
    data = {"product": kept, "starts": "24/11/2026", "note": "giá Tết", "once": "one", **fields}
    manager.post("/prices/set", data=data)
    manager.post("/prices/set", data=data)  # a double click
    with open_reading() as session:
        after = {int(id_): find_price(session, int(id_), TODAY) for id_ in products}
    assert after[int(products[0])] == before[int(products[0])]
    assert all(after[int(id_)] == int(fields[f"price-{id_}"]) for id_ in kept)
    assert "Trở lại giá cũ" in manager.get("/prices").text
    manager.post("/prices/1/undo")
    with open_reading() as session:
        assert {int(id_): find_price(session, int(id_), TODAY) for id_ in products} == before
        assert verify_books(session) == []
    assert "Không giá nào thay đổi" in manager.post("/prices", data=form | {"percent_bp": "0"}).text
    assert "Dòng 1" in manager.post("/prices", data=form | {"typed": "không có 5000"}).text


def test_a_price_with_a_nought_too_few_is_asked_about_at_its_box(manager: FlaskClient) -> None:
    with open_reading() as session:
        old = find_price(session, 1, TODAY) or 0
    low, lower = old // 10, old // 10 - 1
    typed = {"price_vnd": str(low), "starts": "24/11/2026"}
    assert "confirmed_vnd" not in manager.get("/products/1").text
    page = manager.post("/products/1/price", data=typed)
    assert page.status_code == 422
    (question,) = re.findall(r'id="price_vnd-no">.*?</svg>([^<]+)<', page.text, re.DOTALL)
    assert f"Giá cũ {format_vnd(old)}, giá mới {format_vnd(low)}" in question.replace("\xa0", " ")
    assert f'name="confirmed_vnd" value="{low}"' in page.text
    assert f'value="{low}"' in page.text
    ticked = {"confirmed_vnd": str(low)}
    assert (
        manager.post("/products/1/price", data=typed | ticked | {"price_vnd": str(lower)}).status_code == 422
    )
    with open_reading() as session:
        assert find_price(session, 1, TODAY) == old, "the tick was for another price"
    assert manager.post("/products/1/price", data=typed | ticked).status_code == 302
    with open_reading() as session:
        assert find_price(session, 1, TODAY) == low


def test_a_list_of_prices_leaves_a_slip_unticked(manager: FlaskClient) -> None:
    with open_reading() as session:
        first, second = (session.get_one(Product, id_) for id_ in (1, 2))
        old = [find_price(session, id_, TODAY) or 0 for id_ in (1, 2)]
    typed = f"{first.sku} {old[0] // 10}\n{second.sku} {old[1] + 1000}"
    page = manager.post("/prices", data={"typed": typed, "starts": "24/11/2026", "step_vnd": "1000", "direction": "up"}).text  # fmt: skip
    assert re.search(r'name="product" value="1" aria-label', page)
    assert re.search(r'name="product" value="2" checked', page)
    assert page.count("Khác xa giá cũ") == 1
