"""One box finds everything."""

from flask.testing import FlaskClient
from sqlalchemy import select

from pos.identity.models import Person
from pos.kernel.database import open_reading
from pos.kernel.text import fold_text
from pos.stock.models import Lot
from tests.builders import code_of
from tests.conftest import Shop


def test_one_box_finds_names_codes_lots_slips_papers_and_makers(village: Shop, manager: FlaskClient) -> None:
    with open_reading() as session:
        lot = session.scalars(select(Lot)).first()
    for words, expected in (
        ("che lam gung", "/products/1"), (code_of(village), "/products/1"), (lot.number, f"/lots/{lot.id}"), ("000001", "/till/receipt/1.png"),
        ("PT-000001", "/till/receipt/1.png"), ("SP00001/QĐ-OCOP", "/papers/"), ("hop tac xa mau 02", "/producers/2"),
        (lot.trace_code, f"/lots/{lot.id}"),
    ):  # fmt: skip
        assert expected in manager.get("/find", query_string={"q": words}).text, words
    assert "Không có gì tên như vậy" in manager.get("/find?q=zzzz").text
    assert manager.get("/find?q=").status_code == 200
    assert "/till/receipt/" not in village.client("viewer").get("/find?q=000001").text


def test_a_manager_finds_people_and_their_history(village: Shop, manager: FlaskClient) -> None:
    with open_reading() as session:
        person = session.scalars(select(Person).where(Person.role == "cashier")).first()
    page = manager.get("/find", query_string={"q": fold_text(person.name)}).text
    assert f"/history/person/{person.id}" in page
    assert f"/history/person/{person.id}" in manager.get("/people").text
    for active in (0, 1):
        manager.post(f"/people/{person.id}/active/{active}")
    history = manager.get(f"/history/person/{person.id}").text
    assert f"cho {person.name} nghỉ việc" in history
    assert f"nhận {person.name} làm lại" in history
    viewer = village.client("viewer").get("/find", query_string={"q": person.name}).text
    assert "/history/person/" not in viewer
