"""What a person answers about rows lets them in: kinds, shelves, names that are alike, deals, stock without a lot."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from pos.catalog.models import Product
from pos.importing.answers import ImportAnswers, take_answers
from pos.importing.apply import apply_plan
from pos.importing.preview import ImportPreview, make_preview
from pos.importing.workbook import open_workbook
from pos.kernel.database import open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.pricing.models import Price
from pos.producers.models import Deal
from pos.producers.terms import find_producer, find_terms
from pos.stock.models import Lot, Place
from pos.storeroom.announce import list_expected
from tests.conftest import MANAGER, MORNING, TODAY, Shop

from .test_preview import book


def read(folder: Path, *rows: list[Any], fields: dict[str, str] | None = None) -> ImportPreview:
    answers = ImportAnswers()
    take_answers(answers, fields or {})
    assert answers.odd == {}
    sheets = open_workbook(book(folder, list(rows)))
    with open_reading() as session:
        return make_preview(session, sheets, TODAY, answers=answers)


def write(found: ImportPreview) -> None:
    with unit_of_work() as session:
        apply_plan(session, found, by=MANAGER, at=MORNING, source="b")
    with open_reading() as session:
        assert verify_books(session) == []


HEAD = ["Chủ thể", "Tên hàng", "Quy cách", "Giá"]


def test_what_no_name_tells_must_be_answered(shop: Shop, tmp_path: Path) -> None:
    rows = HEAD, ["Hộ mẫu", "Đặc sản làng", "hộp", 20_000], ["Hộ mẫu", "Rổ tre", None, 90_000]
    found = read(tmp_path, *rows)
    assert [(row.says, row.state) for row in found.rows] == [("kind_missing", "asked"), ("add", "new")]
    assert [row.name for row in found.plan] == ["Rổ tre"]
    answered = read(tmp_path, *rows, fields={"kind.0.2": "cosmetic", "kind.0.3": "craft"})
    write(answered)
    with open_reading() as session:
        assert dict(session.execute(select(Product.name_vi, Product.kind)).all()) == {
            "Đặc sản làng": "cosmetic",
            "Rổ tre": "craft",
        }
        assert dict(session.execute(select(Product.name_vi, Product.group_code)).all())["Rổ tre"] == "crafts"
    assert [row.says for row in read(tmp_path, *rows).rows] == ["same", "same"], (
        "the books know the kind: it is not asked"
    )


@pytest.mark.parametrize(("answer", "shelf"), [("new:ocop", "Kệ gỗ"), ("1", None), ("none", None)])
def test_a_shelf_that_is_in_no_book_is_asked_about(
    shop: Shop, tmp_path: Path, answer: str, shelf: str | None
) -> None:
    rows = (
        [*HEAD, "Kệ"],
        ["Hộ mẫu", "Kẹo lạc", "200 g", 20_000, "Kệ gỗ"],
        ["Hộ mẫu", "Kẹo dồi", "200 g", 20_000, "kệ gỗ"],
    )
    assert [row.says for row in read(tmp_path, *rows).rows] == ["place_unknown"] * 2
    write(read(tmp_path, *rows, fields={"place.Kệ gỗ": answer}))
    with open_reading() as session:
        shelves = set(session.scalars(select(Product.shelf_place_id)))
        assert len(shelves) == 1
        place = session.get(Place, shelves.pop() or 0)
        assert (place.name if place else None) == (
            shelf or (session.get_one(Place, 1).name if answer == "1" else None)
        )


def test_a_name_without_its_pack_is_the_same_or_another(shop: Shop, tmp_path: Path) -> None:
    write(read(tmp_path, HEAD, ["Hộ mẫu", "Kẹo lạc", "200 g", 20_000]))
    rows = HEAD, ["Hộ mẫu", "Kẹo lạc", None, 22_000]
    (row,) = read(tmp_path, *rows).rows
    assert (row.says, row.text) == ("name_alike", "Kẹo lạc 200 g")
    (same,) = read(tmp_path, *rows, fields={"same.0.2": "same"}).rows
    assert (same.says, same.changes, same.before) == ("change", ["price"], {"price": 20_000})
    (other,) = read(tmp_path, *rows, fields={"same.0.2": "new"}).rows
    assert other.says == "add"
    (bare,) = read(tmp_path, HEAD, ["Hộ mẫu", "Keo lac", "200 g", 20_000]).rows
    assert bare.says == "name_alike"


def test_each_deal_is_taken_from_the_list_or_the_answer_or_left(shop: Shop, tmp_path: Path) -> None:
    rows = (
        [*HEAD, "Hoa hồng"], ["Hộ Lan", "Kẹo lạc", "200 g", 20_000, "15%"], ["Hộ Bình", "Kẹo dồi", "200 g", 20_000, None],
        ["Hộ Cúc", "Kẹo vừng", "200 g", 20_000, None], ["Hộ Dậu", "Mứt", "200 g", 20_000, None],
    )  # fmt: skip
    assert [deal.agreed is not None for deal in read(tmp_path, *rows).deals] == [False, False, False, True]
    fields = {
        "deal.ho binh": "consignment",
        "commission.ho binh": "12,5",
        "deal.ho cuc": "firm",
        "deal.ho dau": "later",
    }
    write(read(tmp_path, *rows, fields=fields))
    with open_reading() as session:
        terms = {
            name: find_terms(session, producer.id, TODAY)
            for name in ("Hộ Lan", "Hộ Bình", "Hộ Cúc", "Hộ Dậu")
            if (producer := find_producer(session, name))
        }
        assert {name: (each.deal, each.commission_bp) if each else None for name, each in terms.items()} == {
            "Hộ Lan": (Deal.CONSIGNMENT, 1500), "Hộ Bình": (Deal.CONSIGNMENT, 1250), "Hộ Cúc": (Deal.FIRM, 0), "Hộ Dậu": None,
        }  # fmt: skip
    assert [deal.name for deal in read(tmp_path, *rows).deals] == ["Hộ Dậu"]


def test_an_opening_lot_is_settled_by_its_producer_s_deal(shop: Shop, tmp_path: Path) -> None:
    rows = [*HEAD, "Hoa hồng", "Lô", "SL"], ["Hộ Lan", "Kẹo lạc", "200 g", 20_000, 15, "L1", 4]
    write(read(tmp_path, *rows))
    with open_reading() as session:
        producer = find_producer(session, "Hộ Lan")
        assert producer is not None
        terms = find_terms(session, producer.id, TODAY)
        assert terms is not None
        assert session.scalars(select(Lot.terms_id)).all() == [terms.id]


def test_stock_without_a_lot_waits_at_receiving_and_none_is_no_stock(shop: Shop, tmp_path: Path) -> None:
    rows = (
        [*HEAD, "SL", "HSD"], ["Hộ mẫu", "Kẹo lạc", "200 g", 20_000, 12, "12/2027"], ["Hộ mẫu", "Kẹo dồi", "200 g", 20_000, 0, None],
        ["Hộ mẫu", "Rau muống", "kg", 20_000, "2,5", None],
    )  # fmt: skip
    found = read(tmp_path, *rows)
    assert [(row.says, row.waits) for row in found.rows] == [("add", True), ("add", False), ("add", True)]
    write(found)
    with open_reading() as session:
        (delivery,) = list_expected(session)
        assert [(line.quantity_milli, line.expires_on and line.expires_on.year) for line in delivery.lines] == [
            (12_000, 2027), (2500, None),
        ]  # fmt: skip
        assert session.scalar(select(func.count()).select_from(Lot)) == 0
    assert [row.says for row in read(tmp_path, *rows).rows] == ["same"] * 3, "it waits once"


def test_no_answer_can_be_anything_else_than_one(shop: Shop, tmp_path: Path) -> None:
    answers = ImportAnswers()
    take_answers(answers, {
        "kind.0.2": "gold", "place.x": "99999999999", "field.0.x": "price", "field.0.1": "password", "pick.0.price": "x", "deal.a": "consignment",
        "commission.a": "a lot", "how.0.1": "1000",
    })  # fmt: skip
    assert answers.odd == {"commission.a": "a lot"}
    assert (answers.kinds, answers.columns, answers.deals) == ({}, {}, {})
    rows = [*HEAD, "Kệ"], ["Hộ mẫu", "Kẹo lạc", "200 g", 20_000, "x"]
    assert [row.says for row in read(tmp_path, *rows, fields={"place.x": "99999"}).rows] == ["place_unknown"]


@pytest.mark.parametrize(("answer", "says", "price"), [
    ("this", ["replaced_by_row", "add"], 25_000), ("earlier", ["add", "replaced_by_row"], 20_000),
])  # fmt: skip
def test_of_two_rows_of_one_product_a_person_says_which_is_right(
    shop: Shop, tmp_path: Path, answer: str, says: list[str], price: int
) -> None:
    rows = HEAD, ["Hộ mẫu", "Kẹo lạc", "200 g", 20_000], ["Hộ mẫu", "Kẹo lạc", "200 g", 25_000]
    assert [row.state for row in read(tmp_path, *rows).rows] == ["new", "asked"]
    found = read(tmp_path, *rows, fields={"same.0.3": answer})
    assert [row.says for row in found.rows] == says
    write(found)
    with open_reading() as session:
        assert session.scalars(select(Price.price_vnd)).all() == [price]


def test_half_a_piece_of_new_goods_is_no_stock(shop: Shop, tmp_path: Path) -> None:
    rows = [*HEAD, "SL"], ["Hộ mẫu", "Kẹo lạc", None, 20_000, 2.5]
    assert [row.says for row in read(tmp_path, *rows).rows] == ["quantity_odd"]


def test_a_fixed_sum_a_unit_is_a_deal_too(shop: Shop, tmp_path: Path) -> None:
    rows = HEAD, ["Hộ mẫu", "Kẹo lạc", "200 g", 20_000]
    write(read(tmp_path, *rows, fields={"deal.ho mau": "fixed_price", "commission.ho mau": "15"}))
    with open_reading() as session:
        producer = find_producer(session, "Hộ mẫu")
        assert producer is not None
        terms = find_terms(session, producer.id, TODAY)
        assert terms is not None
        assert (terms.deal, terms.commission_bp, terms.spoilage_borne_by) == ("fixed_price", 0, "producer")
