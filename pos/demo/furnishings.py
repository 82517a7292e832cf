"""demo/furnishings.py — what makes the village shop whole: scans behind papers and notes, pictures, coolers, extras."""

import random
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, selectinload

from ..admission.models import Paper
from ..catalog.models import GoodsKind, Product
from ..catalog.products import list_codes, save_product
from ..files.check import CheckedFile
from ..files.store import store_file
from ..inspection.floor import list_floor_goods
from ..journal.record import record
from ..kernel.actor import SYSTEM, Actor
from ..kernel.database import open_reading, unit_of_work
from ..logbooks.complaints import record_answer, write_complaint
from ..logbooks.coolers import list_coolers, record_temperature, save_cooler
from ..logbooks.models import Cooler
from ..producers.models import Producer
from ..sales.extras import save_extra
from ..sales.models import Extra
from ..storeroom.models import Receiving, ReceivingLine
from ..storeroom.notes import attach_scan
from . import drawn
from .codes import at_clock

TITLES = {
    "recognition": "Quyết định công nhận sản phẩm OCOP", "food_safety": "Giấy chứng nhận đủ điều kiện an toàn thực phẩm",
    "declaration": "Bản tự công bố sản phẩm", "registration": "Giấy tiếp nhận đăng ký bản công bố", "cosmetic_notice": "Phiếu công bố mỹ phẩm",
    "alcohol_licence": "Giấy phép sản xuất rượu thủ công", "shop_registration": "Giấy chứng nhận đăng ký hộ kinh doanh",
    "shop_food_safety": "Giấy chứng nhận an toàn thực phẩm (điểm bán)", "shop_alcohol_licence": "Giấy phép bán lẻ rượu",
    "shop_scale": "Giấy chứng nhận kiểm định cân",
}  # fmt: skip
COOLERS = (("Tủ mát thịt, giò", 0, 50), ("Tủ đông", -250, -180))
EXTRAS = (("Túi giấy", "Paper bag", 2_000), ("Gói quà", "Gift wrapping", 15_000), ("Gửi hàng", "Shipping", 0))
PICTURED_AT_ONCE = 20  # a unit of work stays short


def open_house(session: Session, first: date) -> None:
    """Extras and coolers, before the first day of trade."""
    at = at_clock(first, 6)
    for name_vi, name_en, price_vnd in EXTRAS:
        extra = Extra(
            name_vi=name_vi, name_en=name_en, price_vnd=price_vnd, vat_category="standard", archived=False
        )
        save_extra(session, extra, by=SYSTEM, at=at)
    for name, least, most in COOLERS:
        save_cooler(
            session, Cooler(name=name, least_tenths=least, most_tenths=most, archived=False), by=SYSTEM, at=at
        )


def keep_house(session: Session, day: date, cashier: Actor, dice: random.Random) -> None:
    """Each morning the coolers are read; now and then a door was left open."""
    for cooler in list_coolers(session):
        middle = (cooler.least_tenths + cooler.most_tenths) // 2
        is_open = dice.random() < 0.03
        tenths = cooler.most_tenths + 25 if is_open else middle + dice.randint(-9, 9)
        done = "Cửa chưa đóng kín; đã đóng, đo lại sau 30 phút đạt." if is_open else ""
        record_temperature(session, cooler, tenths, done, by=cashier, at=at_clock(day, 7, 10))


def add_furnishings(engine: Engine, folder: Path | None, today: date, cashier: Actor) -> None:
    """A complaint; and with a data folder the scans and pictures of what is there after the trade."""
    with unit_of_work(engine) as session:
        at = at_clock(today, 7, 20)
        taken = write_complaint(session, "Kẹo lạc 300 g", "Một gói bị hở mép, kẹo ỉu.", "", by=cashier, at=at)
        record_answer(session, taken, "Đã đổi gói khác và báo chủ thể kiểm tra máy hàn.", by=SYSTEM, at=at)
    if folder is None:
        return
    with open_reading(engine) as session:
        papers = list(session.scalars(select(Paper.id).order_by(Paper.id)))
        products = list(session.scalars(select(Product.id).order_by(Product.id)))
        notes = sorted({item.receiving.number for item in list_floor_goods(session, today) if item.receiving})
    for ids, draw, keep_drawn in (
        (papers, _draw_papers, _keep_papers), (notes, _draw_notes, _keep_notes), (products, _draw_goods, _keep_goods),
    ):  # fmt: skip
        for n in range(0, len(ids), PICTURED_AT_ONCE):
            with open_reading(engine) as session:
                drawn_files = draw(session, ids[n : n + PICTURED_AT_ONCE])
            with unit_of_work(engine) as session:
                keep_drawn(session, folder, drawn_files, at_clock(today, 7, 20))


Drawn = dict[int, CheckedFile]  # by the id or number of what it is a scan of


def _draw_papers(session: Session, ids: Sequence[int]) -> Drawn:
    names = dict(session.execute(select(Producer.id, Producer.name)).all())
    products = dict(session.execute(select(Product.id, Product.name_vi)).all())
    found: Drawn = {}
    for paper in session.scalars(select(Paper).where(Paper.id.in_(ids)).options(selectinload(Paper.covers))):
        named = [products[cover.product_id] for cover in paper.covers]
        pdf = drawn.paper_pdf(TITLES.get(paper.kind, paper.kind), paper.number, names.get(paper.producer_id or 0, "Điểm bán mẫu"),
                              paper.issued, paper.ends, named)  # fmt: skip
        found[paper.id] = CheckedFile(f"{paper.kind}.pdf", pdf, "application/pdf")
    return found


def _keep_papers(session: Session, folder: Path, scans: Drawn, at: datetime) -> None:
    for paper in session.scalars(
        select(Paper).where(Paper.id.in_(scans)).options(selectinload(Paper.covers))
    ):
        paper.file_id = store_file(session, folder, scans[paper.id], by=SYSTEM, at=at).id
        record(session, "paper_changed", by=SYSTEM, at=at, subject=paper, facts=[paper])


def _draw_notes(session: Session, numbers: Sequence[int]) -> Drawn:
    names = dict(session.execute(select(Producer.id, Producer.name)).all())
    found: Drawn = {}
    for receiving in session.scalars(select(Receiving).where(Receiving.number.in_(numbers))):
        lines = session.scalars(
            select(ReceivingLine.quantity_milli).where(ReceivingLine.receiving_number == receiving.number)
        ).all()
        note_lines = [f"Dòng {n}: {quantity // 1000} đơn vị" for n, quantity in enumerate(lines, 1)]
        photo = drawn.note_photo(
            receiving.delivery_note, names[receiving.producer_id], receiving.note_date, note_lines
        )
        found[receiving.number] = CheckedFile(f"{receiving.delivery_note}.jpg", photo, "image/jpeg")
    return found


def _keep_notes(session: Session, folder: Path, photos: Drawn, at: datetime) -> None:
    for receiving in session.scalars(select(Receiving).where(Receiving.number.in_(photos))):
        photo = store_file(session, folder, photos[receiving.number], by=SYSTEM, at=at)
        attach_scan(session, receiving, photo, by=SYSTEM, at=at)


def _draw_goods(session: Session, ids: Sequence[int]) -> Drawn:
    found: Drawn = {}
    for product in session.scalars(select(Product).where(Product.id.in_(ids))):
        picture = drawn.goods_picture(
            product.name_vi, product.pack, product.group_code, GoodsKind(product.kind)
        )
        found[product.id] = CheckedFile(f"{product.sku}.jpg", picture, "image/jpeg")
    return found


def _keep_goods(session: Session, folder: Path, pictures: Drawn, at: datetime) -> None:
    for product in session.scalars(
        select(Product).where(Product.id.in_(pictures)).options(selectinload(Product.barcodes))
    ):
        product.picture_id = store_file(session, folder, pictures[product.id], by=SYSTEM, at=at).id
        codes = list_codes(product)
        save_product(session, product, codes, by=SYSTEM, at=at)
