"""One box finds everything."""

from flask.testing import FlaskClient
from sqlalchemy import select

from pos.kernel.database import open_reading
from pos.stock.models import Lot
from tests.builders import code_of
from tests.conftest import Shop


def test_one_box_finds_names_codes_lots_slips_papers_and_makers(village: Shop, manager: FlaskClient) -> None:
    with open_reading() as session:
        lot = session.scalars(select(Lot)).first()
    for words, expected in (
        ("che lam gung", "/products/1"), (code_of(village), "/products/1"), (lot.number, f"/lots/{lot.id}"), ("000001", "/till/receipt/1.png"),
        ("PT-000001", "/till/receipt/1.png"), ("SP00001/recognition", "/papers/"), ("hop tac xa mau 02", "/producers/2"),
        (lot.trace_code, f"/lots/{lot.id}"),
    ):  # fmt: skip
        assert expected in manager.get("/find", query_string={"q": words}).text, words
    assert "Không có gì tên như vậy" in manager.get("/find?q=zzzz").text
    assert manager.get("/find?q=").status_code == 200
    assert "/till/receipt/" not in village.client("viewer").get("/find?q=000001").text
