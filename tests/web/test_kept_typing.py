"""A form of the desk that is refused comes back: the error at its box, and all that was typed still there."""

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from pos.admission.models import Paper
from pos.catalog.models import Product
from pos.files.models import StoredFile
from pos.identity.people import add_person
from pos.kernel.actor import Role
from pos.kernel.database import open_reading, unit_of_work
from pos.pricing.models import Price, ShelfPrice
from pos.shop.models import get_shop
from pos.storeroom.checks import save_check
from pos.storeroom.models import QualityCheck
from tests.conftest import MANAGER, MORNING, Shop
from tests.web.test_papers_desk import a_pdf, a_photo


@pytest.fixture
def manager(village: Shop) -> FlaskClient:
    return village.client("manager")


def error_at(page: str, box: str) -> str:
    found = re.search(rf'id="{box}-no">.*?</svg>([^<]+)<', page, re.DOTALL)
    return found.group(1) if found else ""


def count_rows(model: type) -> int:
    with open_reading() as session:
        return len(session.scalars(select(model)).all())


def test_a_bad_day_of_a_price_is_said_at_the_day(manager: FlaskClient) -> None:
    before = count_rows(Price)
    answer = manager.post("/products/1/price", data={"price_vnd": "45.000", "starts": "99/99/9999"})
    assert answer.status_code == 422
    assert "Gõ ngày" in error_at(answer.text, "starts")
    assert not error_at(answer.text, "price_vnd")
    assert 'value="45.000"' in answer.text
    assert 'value="99/99/9999"' in answer.text
    answer = manager.post("/products/1/price", data={"price_vnd": "1e9", "starts": "24/11/2026"})
    assert error_at(answer.text, "price_vnd")
    assert 'value="1e9"' in answer.text
    assert error_at(
        manager.post("/products/1/price", data={"price_vnd": "0", "starts": "24/11/2026"}).text, "price_vnd"
    )
    assert count_rows(Price) == before


@pytest.mark.parametrize("typed", ["1e9", "²", "rẻ", "-5", ""])
def test_a_shelf_price_that_is_no_sum_is_said_at_its_box(manager: FlaskClient, typed: str) -> None:
    before = count_rows(ShelfPrice)
    answer = manager.post("/products/1/shelf-price", data={"price_vnd": typed})
    assert answer.status_code == 422
    assert error_at(answer.text, "shelf_price_vnd")
    assert not error_at(answer.text, "price_vnd")
    assert f'value="{typed}"' in answer.text
    assert count_rows(ShelfPrice) == before


@pytest.mark.parametrize(("asked", "wrong"), [
    ({"day": "99/99/9999", "hour": "14:30"}, "day"), ({"day": "24/11/2026", "hour": "25:99"}, "hour"), ({"hour": "²"}, "hour"),
])  # fmt: skip
def test_stock_of_no_day_or_hour_is_said_at_its_box(
    manager: FlaskClient, asked: dict[str, str], wrong: str
) -> None:
    answer = manager.get("/stock/past", query_string=asked | {"q": "trà"})
    assert answer.status_code == 422
    assert error_at(answer.text, wrong)
    assert all(f'value="{value}"' in answer.text for value in [*asked.values(), "trà"])
    assert "<table>" not in answer.text, "no stock of another moment"


def test_a_withdrawal_comes_back_with_what_was_typed(manager: FlaskClient) -> None:
    with open_reading() as session:
        paper = session.scalars(select(Paper).where(Paper.revoked_on.is_(None)).limit(1)).one()
    address = f"/papers/{paper.id}/revoke"
    answer = manager.post(address, data={"on": "31/02/2026", "decision": "12/QĐ"})
    assert answer.status_code == 422
    assert "Không có ngày 31/02/2026" in error_at(answer.text, "on")
    assert "Gõ ngày" not in error_at(answer.text, "on"), "it is written as it should be"
    assert 'value="31/02/2026"' in answer.text
    assert 'value="12/QĐ"' in answer.text
    assert f'value="{paper.number}"' in answer.text, "the paper's own form as the books have it"
    assert error_at(manager.post(address, data={"on": "24/11/2026", "decision": ""}).text, "decision")
    wrong_pin = manager.post(
        address, data={"on": "24/11/2026", "decision": "12/QĐ", "login": "ai-do", "pin": "000000"}
    )
    assert wrong_pin.status_code == 403
    assert 'value="12/QĐ"' in wrong_pin.text
    with open_reading() as session:
        assert session.get_one(Paper, paper.id).revoked_on is None


PAPER = {
    "kind": "recognition",
    "number": "78/QĐ (mẫu)",
    "issuer": "Thành phố mẫu",
    "issued": "05/03/2025",
    "producer_id": "1",
}


@pytest.mark.parametrize("typed", ["SP00001, 4, Chè lam gừng", "SP00001;4 sao;Chè lam gừng", "sp00001 4* Chè lam gừng",
                                   "SP00001: 4★ Chè lam gừng", "SP00001 ★★★★ Chè lam gừng", "SP00001,4sao,Chè lam gừng"])  # fmt: skip
def test_stars_are_read_as_people_write_them(manager: FlaskClient, typed: str) -> None:
    assert manager.post("/papers/new", data=PAPER | {"products": typed}).status_code == 302
    with open_reading() as session:
        (cover,) = session.scalars(select(Paper).where(Paper.number == PAPER["number"])).one().covers
        assert (cover.stars, cover.name_written) == (4, "Chè lam gừng")


def test_all_that_is_wrong_with_a_paper_is_said_at_once(manager: FlaskClient) -> None:
    page = manager.post(
        "/papers/new", data=PAPER | {"products": "SP00001 4\nSP77777 3\nSP00001 9", "ends": "01/01/2099"}
    ).text
    products = error_at(page, "products")
    assert "Dòng 2: không có sản phẩm SP77777" in products
    assert "Dòng 3: số sao" in products
    assert error_at(page, "ends")
    page = manager.post(
        "/papers/new", data=PAPER | {"number": "", "issued": "99/99/9999", "products": "SP00001 Chè"}
    ).text
    assert all(error_at(page, box) for box in ("number", "issued", "products")), (
        "boxes that can't be read, too"
    )


NAMED_PAPER = PAPER | {"products": "SP00001 4"}


def kept_token(page: str, box: str) -> str:
    found = re.search(rf'name="{box}-kept" value="([^"]+)"', page)
    return found.group(1) if found else ""


def stored_names(shop: Shop) -> list[str]:
    with open_reading() as session:
        return list(session.scalars(select(StoredFile.name).order_by(StoredFile.id)))


def test_a_file_of_a_refused_form_is_kept_for_its_next_try(village: Shop) -> None:
    manager, other = village.client("manager"), village.client("cashier")
    page = manager.post(
        "/papers/new", data=NAMED_PAPER | {"number": "", "file": (BytesIO(a_pdf()), "qd.pdf")}
    ).text
    assert error_at(page, "number")
    assert "qd.pdf" in page
    token = kept_token(page, "file")
    for odd in (token[:-2] + "xx", "x", ""):
        assert not kept_token(manager.post("/papers/new", data=NAMED_PAPER | {"number": "", "file-kept": odd}).text, "file")  # fmt: skip
    again = manager.post("/papers/new", data=NAMED_PAPER | {"number": "", "file-kept": token}).text
    assert kept_token(again, "file"), "kept over as many tries as it takes"
    assert other.post("/papers/new", data=NAMED_PAPER | {"file-kept": token}).status_code == 403
    assert (
        manager.post("/papers/new", data=NAMED_PAPER | {"number": "79/QĐ", "file-kept": token}).status_code
        == 302
    )
    with open_reading() as session:
        paper = session.scalars(select(Paper).where(Paper.number == "79/QĐ")).one()
        assert paper.file_id is not None
        assert session.get_one(StoredFile, paper.file_id).name == "qd.pdf"
    assert not kept_token(manager.get("/papers/new").text, "file")


def test_what_one_person_kept_is_nobody_elses(village: Shop) -> None:
    manager = village.client("manager")
    with unit_of_work() as session:
        add_person(session, "Quản lý hai", Role.MANAGER, login="hai", pin="271828", by=MANAGER, at=MORNING)
    page = manager.post(
        "/papers/new", data=NAMED_PAPER | {"number": "", "file": (BytesIO(a_pdf()), "qd.pdf")}
    ).text
    second = village.app.test_client()
    second.post("/sign-in", data={"login": "hai", "pin": "271828"})
    second.post("/papers/new", data=NAMED_PAPER | {"number": "80/QĐ", "file-kept": kept_token(page, "file")})
    with open_reading() as session:
        assert session.scalars(select(Paper).where(Paper.number == "80/QĐ")).one().file_id is None


def test_a_newer_file_takes_the_kept_ones_place_and_an_odd_one_is_said(manager: FlaskClient) -> None:
    page = manager.post(
        "/papers/new", data=NAMED_PAPER | {"number": "", "file": (BytesIO(a_pdf()), "cu.pdf")}
    ).text
    token = kept_token(page, "file")
    odd = manager.post(
        "/papers/new", data=NAMED_PAPER | {"number": "", "file": (BytesIO(b"no paper"), "qd.pdf")}
    ).text
    assert error_at(odd, "file")
    assert not kept_token(odd, "file")
    manager.post("/papers/new", data=NAMED_PAPER | {"number": "81/QĐ", "file-kept": token, "file": (BytesIO(a_photo()), "moi.jpg")})  # fmt: skip
    with open_reading() as session:
        paper = session.scalars(select(Paper).where(Paper.number == "81/QĐ")).one()
        assert paper.file_id is not None
        assert session.get_one(StoredFile, paper.file_id).name == "moi.jpg"


@pytest.mark.parametrize("pressed", ["save", "more"])
def test_receiving_keeps_its_files_over_another_line_and_a_refusal(village: Shop, pressed: str) -> None:
    manager = village.client("manager")
    typed = {"note_date": "24/11/2026", "lines-0-product_id": "1", "lines-0-quantity_milli": "3", "lines-0-lot_number": "L9", "lines-0-made_on": "20/11/2026", "lines-0-expires_on": "20/12/2026"}  # fmt: skip
    with unit_of_work() as session:
        producer_id = session.get_one(Product, 1).producer_id
        check = save_check(session, QualityCheck(name="Bao bì nguyên vẹn"), by=MANAGER, at=MORNING)
        session.flush()
        typed[f"lines-0-check-{check.id}"] = "good"
    files = {"scan": (BytesIO(a_pdf()), "phieu.pdf"), "lines-0-photo": (BytesIO(a_photo()), "anh.jpg")}
    page = manager.post(f"/receiving/new/{producer_id}", data=typed | files | {pressed: "1", "delivery_note": ""}).text  # fmt: skip
    kept = {f"{box}-kept": kept_token(page, box) for box in files}
    assert all(kept.values())
    done = manager.post(
        f"/receiving/new/{producer_id}", data=typed | kept | {"save": "1", "delivery_note": "P9"}
    )
    assert done.status_code == 302
    assert {"phieu.pdf", "anh.jpg"} <= set(stored_names(village))


def test_a_logo_beside_an_odd_colour_is_kept(manager: FlaskClient) -> None:
    page = manager.post("/tags/look", data={"colour": "xanh", "logo": (BytesIO(a_photo("PNG")), "logo.png")}).text  # fmt: skip
    token = kept_token(page, "logo")
    assert token
    manager.post("/tags/look", data={"colour": "#a4432a", "logo-kept": token})
    with open_reading() as session:
        assert get_shop(session).logo_id is not None


def test_a_file_that_must_be_there_may_be_the_kept_one(manager: FlaskClient) -> None:
    assert error_at(manager.post("/products/1/photo", data={}).text, "picture")
