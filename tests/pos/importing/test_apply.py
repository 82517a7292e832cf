"""A workbook written beside tills that sell: in parts, and never after the books have changed under its preview."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from pos.admission.models import Paper
from pos.catalog.models import Product
from pos.importing.apply import ROWS_AT_ONCE, apply_in_parts, apply_plan
from pos.importing.preview import ImportPreview, make_preview
from pos.importing.workbook import open_workbook
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.pricing.prices import set_price
from pos.producers.models import Producer
from pos.sales.basket import add_goods
from pos.stock.models import Lot, OnHand, Place, Zone
from pos.storeroom.move import move_stock
from tests.builders import a_sale, a_stocked_shop, an_open_shift
from tests.conftest import MANAGER, MORNING, STATION, TODAY, Shop

PAPER = ("Loại giấy", "Số giấy", "Ngày cấp", "Hiệu lực đến", "Chủ thể", "Mã SP", "Sao")


def preview(folder: Path, *rows: tuple[Any, ...]) -> ImportPreview:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(folder / "b.xlsx")
    sheets = open_workbook(folder / "b.xlsx")
    with open_reading() as session:
        return make_preview(session, sheets, TODAY, may_move_ends=True)


def write(found: ImportPreview) -> None:
    with unit_of_work() as session:
        apply_plan(session, found, by=MANAGER, at=MORNING, source="b")


def test_a_preview_of_other_books_is_not_written(shop: Shop, tmp_path: Path) -> None:
    """Two previews of a paper that is in no book; after the first is written the other would move its end, alone."""
    with unit_of_work() as session:
        product = a_stocked_shop(session)
        maker = session.get_one(Producer, product.producer_id).name
    issued = TODAY - timedelta(days=1000)
    short, long = (
        preview(
            tmp_path,
            PAPER,
            ("recognition", "N/QĐ", issued, TODAY + timedelta(days=days), maker, product.sku, 4),
        )
        for days in (0, 60)
    )
    write(short)
    with pytest.raises(Refused) as no:
        write(long)
    assert [reason.code for reason in no.value.reasons] == ["preview_old"]
    with pytest.raises(Refused):
        apply_in_parts(db.engine, long, by=MANAGER, at=MORNING, source="b", tell=lambda *_: None)
    with open_reading() as session:
        assert session.scalars(select(Paper.ends).where(Paper.number == "N/QĐ")).all() == [TODAY]


@pytest.mark.parametrize("what", ["price", "moved", "sold"])
def test_what_sells_changes_no_preview_and_what_changes_goods_does(
    shop: Shop, tmp_path: Path, what: str
) -> None:
    with unit_of_work() as session:
        product = a_stocked_shop(session)
    found = preview(tmp_path, ("Chủ thể", "Tên hàng", "Giá bán"), ("Hộ mẫu A", "Kẹo lạc", 20_000))
    with unit_of_work() as session:
        product = session.get_one(Product, product.id)
        if what == "price":
            set_price(session, product, 50_000, starts=TODAY, by=MANAGER, at=MORNING)
        elif what == "sold":
            a_sale(session, product, ONE)
        else:
            lots = add_goods(session, STATION, product.id, ONE, at=MORNING).lines
            assert lots[0].lot_id is not None
            assert lots[0].place_id is not None
            other = 1 if lots[0].place_id != 1 else 2
            move_stock(
                session,
                session.get_one(Lot, lots[0].lot_id),
                lots[0].place_id,
                other,
                ONE,
                by=MANAGER,
                at=MORNING,
            )
    if what == "sold":
        write(found)
        return
    with pytest.raises(Refused):
        write(found)


def test_tills_have_their_turn_between_the_parts_of_a_long_workbook(shop: Shop, tmp_path: Path) -> None:
    rows = [("Hộ mẫu A", f"Kẹo số {n}", 20_000 + n) for n in range(ROWS_AT_ONCE * 4 + 3)]
    found = preview(tmp_path, ("Chủ thể", "Tên hàng", "Giá bán"), *rows)
    told: list[tuple[int, int]] = []
    sold = threading.Event()

    def sell() -> None:
        with unit_of_work() as session:
            an_open_shift(session)
        sold.set()

    def tell(done: int, total: int) -> None:
        told.append((done, total))
        if done == ROWS_AT_ONCE:
            threading.Thread(target=lambda: shop.app.app_context().__enter__() and sell()).start()
            assert sold.wait(10), "a till that asks after the first part is served before the last"

    apply_in_parts(db.engine, found, by=MANAGER, at=MORNING, source="b", tell=tell)
    assert told[0] == (ROWS_AT_ONCE, len(rows))
    assert told[-1] == (len(rows), len(rows))
    assert [done for done, _ in told] == [*range(ROWS_AT_ONCE, len(rows), ROWS_AT_ONCE), len(rows)]
    with open_reading() as session:
        assert session.scalar(select(func.count()).select_from(Product)) == len(rows)
        assert verify_books(session) == []


def test_where_it_breaks_off_it_says_how_much_is_written_and_goes_on_again(
    shop: Shop, tmp_path: Path
) -> None:
    headings = ("Chủ thể", "Tên hàng", "Giá bán")
    rows = [("Hộ mẫu A", f"Kẹo số {n}", 20_000 + n) for n in range(ROWS_AT_ONCE + 5)]
    found = preview(tmp_path, headings, *rows)

    def interrupt(done: int, total: int) -> None:
        with unit_of_work() as session:
            product = session.scalars(select(Product)).first()
            assert product is not None
            set_price(session, product, 99_000, starts=TODAY, by=MANAGER, at=MORNING)

    with pytest.raises(Refused) as no:
        apply_in_parts(db.engine, found, by=MANAGER, at=MORNING, source="b", tell=interrupt)
    first = no.value.reasons[0]
    assert (first.code, first.facts["done"], first.facts["total"]) == (
        "import_broken_off",
        ROWS_AT_ONCE,
        len(rows),
    )
    apply_in_parts(
        db.engine,
        preview(tmp_path, headings, *rows),
        by=MANAGER,
        at=MORNING,
        source="b",
        tell=lambda *_: None,
    )
    with open_reading() as session:
        assert session.scalar(select(func.count()).select_from(Product)) == len(rows)


def test_a_lot_of_a_told_day_of_making_comes_from_its_maker_and_lies_where_it_is_sold(
    shop: Shop, tmp_path: Path
) -> None:
    with unit_of_work() as session:
        a_stocked_shop(session)
    head = ("Chủ thể", "Tên hàng", "Quy cách", "Lô", "NSX", "HSD", "SL")
    row = ("Hộ mẫu A", "Chè lam gừng", "1", "L8", TODAY - timedelta(days=3), TODAY + timedelta(days=60), 5)
    new = ("Hộ mẫu A", "Kẹo lạc", "200 g", "L9", TODAY - timedelta(days=3), TODAY + timedelta(days=60), 5)
    write(preview(tmp_path, head, row, new))
    with open_reading() as session:
        lots = session.scalars(select(Lot).where(Lot.number.in_(["L8", "L9"]))).all()
        assert {(lot.origin_place, lot.delivery_note) for lot in lots} == {("thôn mẫu", "Tồn đầu kỳ")}
        zones = select(Place.zone).join(OnHand, OnHand.place_id == Place.id)
        assert set(session.scalars(zones.where(OnHand.lot_id.in_([lot.id for lot in lots])))) == {Zone.OCOP}
        assert verify_books(session) == []
