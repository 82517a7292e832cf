"""What a fresh pair of eyes found in day one, each held by a test."""

import errno
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject
from sqlalchemy import select

from pos.catalog.models import GoodsKind, Product
from pos.config import Care
from pos.demo.build import TOLD_PINS
from pos.documents.annex import append_annex
from pos.documents.pdf import make_paragraph, render_document
from pos.files.check import CheckedFile
from pos.files.models import StoredFile
from pos.files.page_pictures import StoredPages
from pos.files.store import file_path, store_file
from pos.inspection.annexes import AnnexedFile, draw_annexes
from pos.journal.models import JournalRow
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.parsers import read_vnd
from pos.lan.certificate import is_private
from pos.maintenance import care as nightly
from pos.maintenance.care import NightlyCare, backup_name
from pos.maintenance.verify import verify_books
from pos.pricing.bulk import set_prices, undo_change
from pos.pricing.prices import find_price, set_price
from pos.sales.basket import add_goods, confirm_age, find_open_basket, set_language, void_line
from pos.sales.questions import WhatAge
from pos.shop.models import get_shop
from pos.stock.models import Lot
from tests.builders import a_maker, a_product
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop

from .test_day_one import ONE, stocked


def test_the_next_buyer_is_asked_anew(shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        product.kind, product.alcohol_permille = GoodsKind.ALCOHOL.value, 40
        product.label_entries += " warnings"
        basket = confirm_age(session, STATION, by=CASHIER, at=MORNING)
        add_goods(session, STATION, product.id, ONE, at=MORNING)
        set_language(basket, "en", MORNING)
        void_line(session, basket, 1, by=CASHIER, at=MORNING)
        assert (basket.age_confirmed, basket.language) == (False, "")
        with pytest.raises(WhatAge):
            add_goods(session, STATION, product.id, ONE, at=MORNING)


def test_a_change_that_is_to_come_is_taken_back_though_another_price_was_set_for_today(shop: Shop) -> None:
    later = TODAY + timedelta(days=7)
    with unit_of_work() as session:
        product = a_product(session, a_maker(session))
        change = set_prices(session, [(product.id, 99_000)], starts=later, note="", by=MANAGER, at=MORNING)
        set_price(session, product, 77_000, starts=TODAY, by=MANAGER, at=MORNING)
        undo_change(session, change, by=MANAGER, at=MORNING)
        assert [find_price(session, product.id, day) for day in (TODAY, later)] == [77_000, 77_000]


def test_an_old_generation_that_cannot_go_spoils_no_new_one(village: Shop, tmp_path: Path) -> None:
    stuck = backup_name(MORNING - timedelta(days=500))
    (tmp_path / stuck).mkdir(parents=True)  # a folder of that name can't be unlinked
    care = NightlyCare(db.engine, village.folder, tmp_path, Care(daily=1, weekly=0, monthly=0), village.clock)
    assert care.look() == ["backup", "books"]
    assert care.look() == []
    with open_reading() as session:
        row = session.scalars(select(JournalRow).where(JournalRow.kind == "backed_up")).one()
        assert stuck in row.payload


@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("pg_dump failed")]
)
def test_whatever_fails_is_noted_and_the_books_are_proved_all_the_same(
    village: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def broken(*_arguments: object, **_more: object) -> Path:
        raise failure

    monkeypatch.setattr(nightly, "make_backup", broken)
    care = NightlyCare(db.engine, village.folder, tmp_path, Care(), village.clock)
    assert care.look() == ["books"]
    assert care.look() == []  # not every minute anew
    with open_reading() as session:
        assert (
            str(failure)
            in session.scalars(select(JournalRow.payload).where(JournalRow.kind == "backup_failed")).one()
        )


def test_an_empty_page_box_takes_no_other_scan_with_it(shop: Shop, tmp_path: Path) -> None:
    writer = PdfWriter(
        clone_from=PdfReader(BytesIO(render_document("Giấy", "", [make_paragraph("chữ")], foot="")))
    )
    writer.pages[0].mediabox = RectangleObject((0, 0, 0, 0))
    writer.write(tmp_path / "flat.pdf")
    flat = AnnexedFile("Phụ lục 1", StoredPages(tmp_path / "flat.pdf", "", True, tmp_path / "cache"))
    with shop.app.test_request_context():
        whole = append_annex(render_document("Đầu", "", [], foot=""), draw_annexes([flat]), "không đọc được")
    assert len(PdfReader(BytesIO(whole)).pages) == 2


@pytest.mark.parametrize(
    ("address", "private"),
    [("192.168.1.5", True), ("100.101.102.103", True), ("127.0.0.1", True), ("8.8.8.8", False)],
)
def test_the_certificate_names_private_addresses_alone(address: str, private: bool) -> None:
    assert is_private(address) is private


def test_a_cashier_sees_goods_pictures_and_no_papers(village: Shop) -> None:
    with open_reading() as session:
        picture = session.scalars(select(Product.picture_id).where(Product.picture_id.is_not(None))).first()
        paper = session.scalars(
            select(StoredFile.id).where(StoredFile.media_type == "application/pdf")
        ).first()
    cashier = village.client("cashier")
    assert (cashier.get(f"/files/{picture}").status_code, cashier.get(f"/files/{paper}").status_code) == (
        200,
        403,
    )
    assert village.client("viewer").get(f"/files/{paper}").status_code == 200


def test_a_lost_file_comes_back_with_its_next_upload(village: Shop) -> None:
    with unit_of_work() as session:
        stored = session.scalars(select(StoredFile).where(StoredFile.media_type == "application/pdf")).first()
        assert stored is not None
        path = file_path(village.folder, stored.sha256)
        content = path.read_bytes()
        path.unlink()
        again = CheckedFile("again.pdf", content, "application/pdf")
        assert store_file(session, village.folder, again, by=MANAGER, at=village.clock.now()).id == stored.id
        assert path.read_bytes() == content


def test_a_changed_pin_ends_the_sign_ins_elsewhere(village: Shop) -> None:
    here, elsewhere = village.client("cashier"), village.client("cashier")
    form = {"old": TOLD_PINS["cashier"], "new": "739184", "again": "739184"}
    assert here.post("/my-pin", data=form).status_code == 302
    assert here.get("/till").status_code == 200
    assert elsewhere.get("/till").status_code == 302


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


@pytest.mark.parametrize("address", [
    "/till/receipt/1.png?paper=abc", "/till/sales?amount=99999999999999999999", "/till/sales/99999999999999999999",
    "/files/99999999999999999999", "/complaints/99999999999999999999", "/receiving?before=99999999999999999999", "/journal?before=-1",
])  # fmt: skip
def test_numbers_that_no_row_can_have_break_nothing(village: Shop, address: str) -> None:
    assert village.client("manager").get(address).status_code in {200, 404}


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


def test_a_paper_that_the_shop_asks_of_a_class_besides_the_law(village: Shop) -> None:
    boss = village.client("manager")
    with open_reading() as session:
        given = get_shop(session).facts()
    form = {"name": given["name"], "classes": ["ocop"], "min_stars": "3", "warning_days": "30", "refund_limit_vnd": "200000",
            "cash_rounding_vnd": "0", "papers": ["ocop:test_report"], "sell_only_at_shelf_price": "y"}  # fmt: skip
    assert boss.post("/policy", data=form).status_code == 302
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "0"})
    refused = client.post("/till/scan", data={"code": village.village.codes["Chè lam gừng 250 g"]})
    assert refused.status_code == 422
    assert "kiểm nghiệm" in refused.text
    assert boss.post("/policy", data=form | {"papers": []}).status_code == 302
    assert (
        client.post("/till/scan", data={"code": village.village.codes["Chè lam gừng 250 g"]}).status_code
        == 200
    )


def test_the_handbook_opens_by_f1_at_the_desk(village: Shop) -> None:
    shown = village.client("manager").get("/today").text
    assert 'data-handbook="/handbook"' in shown
    assert "desk.js" in shown
