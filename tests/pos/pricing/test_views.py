"""Prices in bulk: shown, set and taken back."""

import re

from flask.testing import FlaskClient

from pos.kernel.database import open_reading
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
