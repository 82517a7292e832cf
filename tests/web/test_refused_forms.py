"""A form that is sent to another address than its page's comes back on its page: the error at its box, what was typed there."""

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from pos.admission.models import Paper
from pos.catalog.models import Product
from pos.counting.tally import begin_count
from pos.kernel.database import open_reading, unit_of_work
from pos.recalls.drill import begin_drill
from pos.shop.models import Shop as ShopRow
from pos.stock.lots import place_hold
from pos.stock.models import Hold, Lot, OnHand, Place
from pos.storeroom.models import Receiving
from pos.tags.models import Design, TagBatch
from pos.tags.print_tags import print_tags
from tests.conftest import MANAGER, MORNING, Shop


@pytest.fixture
def manager(village: Shop) -> FlaskClient:
    return village.client("manager")


@pytest.fixture
def lot_id(village: Shop) -> int:
    with open_reading() as session:
        waiting = (
            select(OnHand.lot_id)
            .join(Lot, Lot.id == OnHand.lot_id)
            .join(Product, Product.id == Lot.product_id)
        )
        wanted = waiting.where(
            OnHand.quantity_milli > 0, Product.unit == "piece", Product.kind == "packaged_food"
        )
        return session.scalars(wanted.order_by(OnHand.lot_id)).first() or 0


def error_at(page: str, box: str) -> str:
    found = re.search(rf'id="{box}-no"[^>]*>.*?</svg>([^<]+)<', page, re.DOTALL)
    return found.group(1) if found else ""


def count_holds() -> int:
    with open_reading() as session:
        return len(session.scalars(select(Hold)).all())


def stop(lot_id: int) -> int:
    with unit_of_work() as session:
        return place_hold(session, lot_id=lot_id, reason="phồng", by=MANAGER, at=MORNING).id


@pytest.mark.parametrize("whole", [False, True])
def test_a_release_keeps_its_reason_and_says_what_is_missing_at_its_box(
    manager: FlaskClient, lot_id: int, whole: bool
) -> None:
    hold_id = stop(lot_id)
    address = f"/recalls/{hold_id}/release" if whole else f"/holds/{hold_id}/release/{lot_id}"
    answer = manager.post(address, data={"reason": "đã xét nghiệm"})
    assert answer.status_code == 422
    assert 'value="đã xét nghiệm"' in answer.text
    assert error_at(answer.text, "login")
    assert error_at(answer.text, "pin")
    assert not error_at(answer.text, "reason")
    answer = manager.post(address, data={"reason": "đã xét nghiệm", "login": "ai-do", "pin": "918273"})
    assert answer.status_code == 403
    assert error_at(answer.text, "pin")
    assert 'value="ai-do"' in answer.text
    assert "918273" not in answer.text
    if whole:
        assert '<details class="card" open>' in answer.text
    with open_reading() as session:
        assert session.scalars(select(Hold).where(Hold.releases_id == hold_id)).first() is None


def test_every_stop_without_a_reason_comes_back(manager: FlaskClient, lot_id: int) -> None:
    with open_reading() as session:
        product = session.get_one(Product, session.get_one(Lot, lot_id).product_id)
        paper_id = session.scalars(select(Paper.id).where(Paper.producer_id.is_not(None)).limit(1)).one()
        producer_id = product.producer_id
    before = count_holds()
    for address, box, of_page in (
        (f"/lots/{lot_id}/stop", "reason", "tiền sử"),
        (f"/products/{product.id}/stop", "why-stop", product.name),
        (f"/recalls/of-producer/{producer_id}", "why-stop", "name"),
        (f"/recalls/of-paper/{paper_id}", "why-stop", "number"),
    ):
        answer = manager.post(address, data={"reason": "  "})
        assert answer.status_code == 422, address
        assert error_at(answer.text, box), address
        assert answer.text.count('-no"') == answer.text.count(f'{box}-no"'), (
            f"no other box of the page is red: {of_page}"
        )
        assert f'action="{address}"' in answer.text, "the same form again"
    assert count_holds() == before
    assert manager.post(f"/lots/{10**9}/stop", data={"reason": ""}).status_code == 404


@pytest.mark.parametrize("typed", ["²", "ba", "1.00.0", ""])
def test_a_found_quantity_that_is_none_is_said_at_its_place(
    manager: FlaskClient, lot_id: int, typed: str
) -> None:
    with unit_of_work() as session:
        number = begin_drill(session, session.get_one(Lot, lot_id), by=MANAGER, at=MORNING).number
        place_id = session.scalars(select(OnHand.place_id).where(OnHand.lot_id == lot_id)).first()
        other = session.scalars(
            select(Place.id).where(Place.id != place_id).order_by(Place.id.desc())
        ).first()
    page = manager.post(f"/recalls/drills/{number}/found", data={"place_id": place_id, "quantity": typed})
    assert page.status_code == 422
    assert error_at(page.text, f"found-{place_id}")
    assert len(re.findall(r'class="wrong"', page.text)) == 1
    assert f'value="{typed}" aria-invalid="true"' in page.text
    page = manager.post(f"/recalls/drills/{number}/found", data={"place_id": other, "quantity": typed})
    assert error_at(page.text, "found-elsewhere")
    assert f'<option value="{other}" selected>' in page.text


@pytest.mark.parametrize("copies", ["0", "51", "x", ""])
def test_odd_copies_and_a_scan_without_a_file_come_back(manager: FlaskClient, copies: str) -> None:
    with open_reading() as session:
        number = session.scalars(select(Receiving.number).where(Receiving.reverses.is_(None)).limit(1)).one()
    page = manager.post(f"/receiving/{number}/labels", data={"copies": copies})
    assert page.status_code == 422
    assert error_at(page.text, "copies")
    assert f'value="{copies}"' in page.text
    page = manager.post(f"/receiving/{number}/scan", data={})
    assert page.status_code == 422
    assert error_at(page.text, "scan")
    assert len(re.findall(r'class="wrong"', page.text)) == 1


@pytest.mark.parametrize("typed", ["²", "nặng", "0", "100"])
def test_a_weight_that_is_none_is_said_at_its_box(manager: FlaskClient, typed: str) -> None:
    with open_reading() as session:
        product_id = session.scalars(select(Product.id).where(Product.unit == "kg").limit(1)).one()
    page = manager.post(f"/tags/weigh/{product_id}", data={"weight": typed})
    assert page.status_code == 422
    assert error_at(page.text, "weight")
    assert f'value="{typed}"' in page.text


def test_the_colour_and_the_logo_come_back(manager: FlaskClient) -> None:
    page = manager.post("/tags/look", data={"colour": "xanh"})
    assert page.status_code == 422
    assert error_at(page.text, "colour")
    assert 'value="xanh"' in page.text
    page = manager.post(
        "/tags/look", data={"colour": "#123456", "logo": (BytesIO(b"no picture"), "logo.png")}
    )
    assert page.status_code == 422
    assert error_at(page.text, "logo")
    assert 'value="#123456"' in page.text
    with open_reading() as session:
        assert session.scalars(select(ShopRow)).one().brand_colour != "#123456"


def test_a_first_cell_that_the_sheet_has_not_comes_back(manager: FlaskClient) -> None:
    with unit_of_work() as session:
        product_id = session.scalars(select(Product.id).where(Product.kind == "packaged_food").limit(1)).one()
        batch = print_tags(
            session, [product_id], Design.SHELF, about="product", output="sheet", key="k", by=MANAGER, at=MORNING
        ).batch.id  # fmt: skip
    sheet = re.search(r'<option value="([^"]+)"', manager.get(f"/tags/batch/{batch}").text)
    assert sheet is not None
    page = manager.get(
        f"/tags/batch/{batch}.pdf", query_string={"sheet": sheet[1], "start": "9999", "dx": "3"}
    )
    assert page.status_code == 422
    assert error_at(page.text, "start")
    assert 'value="9999"' in page.text
    assert re.search(r'name="dx"[^>]*value="3"', page.text)


def test_a_workbook_that_was_not_chosen_is_said_at_its_box(manager: FlaskClient) -> None:
    for address in ("/workbooks", "/receiving/new/1/workbook"):
        page = manager.post(address, data={})
        assert page.status_code == 422
        assert "chọn" in error_at(page.text, "workbook").lower(), address


def test_a_counted_quantity_that_is_none_stays_in_its_form(manager: FlaskClient, lot_id: int) -> None:
    with unit_of_work() as session:
        product_id = session.get_one(Lot, lot_id).product_id
        place_id = session.scalars(select(OnHand.place_id).where(OnHand.lot_id == lot_id)).first()
        number = begin_count(session, place_id=place_id, lots=[], by=MANAGER, at=MORNING).number
    for once, fields in enumerate(
        ({"product_id": product_id, "lot_id": lot_id}, {"lot_id": lot_id, "anew": "1"}, {"said": "lọ lạ"})
    ):
        page = manager.post(
            f"/counts/{number}/tally",
            data=fields | {"quantity": "1.00.0", "place": place_id, "once": f"t{once}"},
        )
        assert page.status_code == 422
        assert error_at(page.text, "quantity"), fields
        assert 'value="1.00.0"' in page.text
        for name in {"product_id", "anew", "said"} & set(fields):
            assert f'name="{name}" value="{fields[name]}"' in page.text


@pytest.mark.parametrize("typed", ["²", "99/99/9999", "31/02/2026", "mai"])
def test_an_end_of_a_lowered_price_that_is_no_day_comes_back(manager: FlaskClient, typed: str) -> None:
    with open_reading() as session:
        before = len(session.scalars(select(TagBatch)).all())
        product_id = session.scalars(select(Product.id).where(Product.kind == "packaged_food").limit(1)).one()
    page = manager.post("/tags/print", data={
        "of": f"product:{product_id}", "design": "markdown", "until": typed, "reason": "sắp hết hạn", "output": "printer:Máy in quầy",
    })  # fmt: skip
    assert page.status_code == 422
    assert error_at(page.text, "until")
    assert f'value="{typed}"' in page.text
    assert 'value="sắp hết hạn"' in page.text
    with open_reading() as session:
        assert len(session.scalars(select(TagBatch)).all()) == before


@pytest.mark.parametrize("blank", [" ", "\t", "\u3000"])
@pytest.mark.parametrize(("address", "fields", "box"), [
    ("/products/1/price", {"price_vnd": "", "starts": "24/11/2026"}, "price_vnd"),
    ("/products/1/shelf-price", {"price_vnd": ""}, "price_vnd"), ("/lots/1/move", {"from_id": "1", "to_id": "", "quantity_milli": "1"}, "to_id"),
    ("/coolers/new", {"name": "Tủ", "least_tenths": "", "most_tenths": "8"}, "least_tenths"),
    ("/coolers/new", {"name": "Tủ", "least_tenths": "2", "most_tenths": ""}, "most_tenths"),
])  # fmt: skip
def test_a_box_that_holds_but_spaces_is_empty(
    village: Shop, address: str, fields: dict[str, str], box: str, blank: str
) -> None:
    answer = village.client("manager").post(address, data=fields | {box: blank})
    assert answer.status_code in {200, 422}
    assert "-no" in answer.text
    assert "Cần điền" in answer.text
