"""An import is taken back as a whole for a day: the books are as before, add up, and the same list can be read again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.admission.models import Paper, PaperKind
from pos.catalog.models import Product
from pos.catalog.products import save_product
from pos.importing.answers import ImportAnswers, take_answers
from pos.importing.apply import apply_in_parts
from pos.importing.models import ImportRun
from pos.importing.preview import make_preview
from pos.importing.run_contents import can_be_taken_back, get_run, list_runs
from pos.importing.take_back import list_kept, take_back_import
from pos.importing.workbook import open_workbook
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.pricing.prices import find_price, set_price
from pos.producers.models import Producer
from pos.producers.terms import find_producer, save_producer
from pos.stock.models import Lot, OnHand, Place, Zone
from pos.storeroom.announce import list_expected
from pos.storeroom.move import move_stock
from tests.builders import a_delivery, a_maker, a_product, a_sale, a_stocked_shop
from tests.conftest import MANAGER, MORNING, TODAY, Shop

from .test_apply import preview

HEAD = (
    "Chủ thể",
    "Địa chỉ",
    "Tên hàng",
    "Quy cách",
    "Mã hàng",
    "Giá bán",
    "Sao",
    "Số QĐ",
    "Ngày QĐ",
    "Lô",
    "SL",
    "Kệ",
)
DAY = TODAY - timedelta(days=100)
ROWS: tuple[tuple[Any, ...], ...] = (
    ("Hộ Lan", "thôn 1", "Kẹo lạc", "200 g", "K1", 20_000, 3, "1/QĐ", DAY, "KL1", 5, "Kệ OCOP"),
    ("Hộ Lan", "thôn 1", "Kẹo dồi", "200 g", "K2", 25_000, 4, "1/QĐ", DAY, None, 7, "Kệ OCOP"),
    ("Hộ mẫu A", "thôn mới", "Chè lam gừng", "1", None, 99_000, None, None, None, None, None, None),
)  # fmt: skip


@pytest.fixture
def run_id(shop: Shop, tmp_path: Path) -> int:
    """A list of two new products and one of the books, whose price and whose producer's address it changes."""
    with unit_of_work() as session:
        a_stocked_shop(session)
    found = preview(tmp_path, HEAD, *ROWS)
    assert [row.says for row in found.rows if row.refused] == []
    id_ = apply_in_parts(db.engine, found, by=MANAGER, at=MORNING, source="b.xlsx", tell=lambda *_: None)
    assert id_ is not None
    return id_


def take_back(run_id: int, **later: float) -> None:
    with unit_of_work() as session:
        take_back_import(session, get_run(session, run_id), by=MANAGER, at=MORNING + timedelta(**later))


def test_it_is_as_before_and_can_be_read_again(run_id: int, tmp_path: Path) -> None:
    take_back(run_id)
    with open_reading() as session:
        goods = {p.name_vi: p for p in session.scalars(select(Product).where(~Product.archived))}
        assert set(goods) == {"Chè lam gừng"}
        assert find_price(session, goods["Chè lam gừng"].id, TODAY) == 45_000
        producer = find_producer(session, "Hộ mẫu A")
        assert producer is not None
        assert producer.address != "thôn mới"
        assert find_producer(session, "Hộ Lan") is None
        assert list_expected(session) == []
        on_hand = (
            session.execute(select(OnHand.quantity_milli).join(Lot).where(Lot.number.startswith("KL1")))
            .scalars()
            .all()
        )
        assert on_hand == [0]
        assert verify_books(session) == []
        run = session.get_one(ImportRun, run_id)
        assert (run.written, run.taken_back_by) == (3, MANAGER.name)
        assert not can_be_taken_back(run, MORNING)
    again = preview(tmp_path, HEAD, *ROWS)
    assert [row.says for row in again.rows] == ["add", "add", "change"]
    apply_in_parts(db.engine, again, by=MANAGER, at=MORNING, source="b.xlsx", tell=lambda *_: None)
    with open_reading() as session:
        assert verify_books(session) == []
        assert set(session.scalars(select(Product.sku).where(~Product.archived))) >= {"K1", "K2"}
        assert [run.taken_back_at is None for run in list_runs(session)] == [True, False]


def test_a_day_later_it_stays(run_id: int) -> None:
    with pytest.raises(Refused, match="import_closed"):
        take_back(run_id, hours=24, minutes=1)
    take_back(run_id, hours=23)
    with pytest.raises(Refused, match="import_closed"):
        take_back(run_id, hours=23)


@pytest.mark.parametrize(
    ("what", "code"), [("moved", "import_sold_from"), ("changed", "import_changed_since")]
)
def test_what_happened_since_is_named_and_nothing_is_undone(run_id: int, what: str, code: str) -> None:
    with unit_of_work() as session:
        if what == "moved":
            lot = session.scalars(select(Lot).where(Lot.number == "KL1")).one()
            place = session.scalars(select(OnHand.place_id).where(OnHand.lot_id == lot.id)).one()
            store = session.scalars(select(Place.id).where(Place.zone == Zone.STORE)).one()
            move_stock(session, lot, place, store, ONE, by=MANAGER, at=MORNING)
        else:
            producer = find_producer(session, "Hộ mẫu A")
            assert producer is not None
            producer.phone = "0900"
            save_producer(session, producer, by=MANAGER, at=MORNING)
    with pytest.raises(Refused, match=code) as no:
        take_back(run_id)
    assert no.value.reasons[0].facts["names"] in {"Kẹo lạc", "Hộ mẫu A"}
    with open_reading() as session:
        assert session.scalars(select(Product.archived)).all() == [False] * 3


def test_a_price_that_was_set_since_stays(run_id: int) -> None:
    with unit_of_work() as session:
        product = session.scalars(select(Product).where(Product.name_vi == "Chè lam gừng")).one()
        set_price(session, product, 50_000, starts=TODAY, by=MANAGER, at=MORNING)
    take_back(run_id)
    with open_reading() as session:
        assert find_price(session, product.id, TODAY) == 50_000


def test_a_list_is_written_and_taken_back_on_either_database(any_shop: Shop, tmp_path: Path) -> None:
    found = preview(tmp_path, HEAD, *ROWS[:2])
    id_ = apply_in_parts(db.engine, found, by=MANAGER, at=MORNING, source="b.xlsx", tell=lambda *_: None)
    assert id_ is not None
    with unit_of_work() as session:
        save_product(session, a_new_product(session), [], by=MANAGER, at=MORNING)  # its id follows theirs
    take_back(id_)
    with open_reading() as session:
        assert verify_books(session) == []
        assert set(session.scalars(select(Product.name_vi).where(~Product.archived))) == {"Mứt gừng"}


def a_new_product(session: Session) -> Product:
    producer = find_producer(session, "Hộ Lan")
    assert producer is not None
    return Product(name_vi="Mứt gừng", producer_id=producer.id, group_code="food")


@pytest.mark.parametrize("came", [False, True])
def test_the_end_of_a_paper_of_all_goods_is_not_moved_back_over_goods_on_the_floor(
    shop: Shop, tmp_path: Path, came: bool
) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        product = a_product(session, maker)
        issued = session.scalars(select(Paper.issued).where(Paper.kind == PaperKind.FOOD_SAFETY)).one()
    head = ("Loại giấy", "Số giấy", "Ngày cấp", "Hiệu lực đến", "Chủ thể")
    found = preview(tmp_path, head, ("food_safety", "ATTP-1", issued, TODAY, maker.name))
    id_ = apply_in_parts(db.engine, found, by=MANAGER, at=MORNING, source="b", tell=lambda *_: None)
    assert id_ is not None
    if not came:
        take_back(id_)
        return
    with unit_of_work() as session:
        a_delivery(session, session.get_one(Producer, maker.id), session.get_one(Product, product.id))
    with pytest.raises(Refused, match="import_on_floor") as no:
        take_back(id_)
    assert no.value.reasons[0].facts["names"] == "ATTP-1"


def test_a_service_that_was_sold_is_named(shop: Shop, tmp_path: Path) -> None:
    with unit_of_work() as session:
        a_stocked_shop(session)
    head = ("Chủ thể", "Tên hàng", "Quy cách", "Kiểu hàng", "Hạng", "Giá bán", "Sao", "Số QĐ", "Ngày QĐ")
    found = preview(
        tmp_path, head, ("Hộ Lan", "Vé thăm vườn", "1 lượt", "service", "ocop", 50_000, 4, "9/QĐ", DAY)
    )
    id_ = apply_in_parts(db.engine, found, by=MANAGER, at=MORNING, source="b", tell=lambda *_: None)
    assert id_ is not None
    with unit_of_work() as session:
        a_sale(session, session.scalars(select(Product).where(Product.name_vi == "Vé thăm vườn")).one(), ONE)
    with pytest.raises(Refused, match="import_sold_from") as no:
        take_back(id_)
    assert no.value.reasons[0].facts["names"] == "Vé thăm vườn"


def test_deals_and_places_stay_and_are_named(shop: Shop, tmp_path: Path) -> None:
    with unit_of_work() as session:
        save_producer(session, Producer(name="Hộ Tư", address="thôn 2"), by=MANAGER, at=MORNING)
    book, answers = Workbook(), ImportAnswers()
    assert book.active is not None
    for row in (
        ("Chủ thể", "Tên hàng", "Giá bán", "Kệ"),
        ("Hộ Tư", "Kẹo lạc", 5000, "Kệ lạ"),
        ("Hộ Năm", "Kẹo dồi", 5000, None),
    ):
        book.active.append(row)
    book.save(tmp_path / "b.xlsx")
    take_answers(answers, {"deal.ho tu": "firm", "deal.ho nam": "firm", "place.ke la": "new:ocop"})
    with open_reading() as session:
        found = make_preview(session, open_workbook(tmp_path / "b.xlsx"), TODAY, answers=answers)
    id_ = apply_in_parts(db.engine, found, by=MANAGER, at=MORNING, source="b", tell=lambda *_: None)
    assert id_ is not None
    take_back(id_)
    with open_reading() as session:
        assert list_kept(session, get_run(session, id_)) == ["Hộ Tư", "Kệ lạ"]
