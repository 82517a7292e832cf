"""demo/goods.py — one product of the cast with everything that makes it admissible."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hardware.symbology import check_digit

from ..admission.labels import REQUIRED
from ..admission.models import Paper, PaperKind
from ..admission.papers import CoveredProduct, save_paper
from ..catalog.models import GoodsKind, Product
from ..catalog.packs import read_pack
from ..catalog.products import TypedCode, save_product
from ..kernel.actor import SYSTEM
from ..kernel.clock import add_months
from ..kernel.quantity import ONE
from ..pricing.prices import set_price
from ..producers.models import Producer
from ..stock.models import Place
from . import cast
from .codes import at_clock, gtin13


def add_general_paper(
    session: Session,
    producer: Producer | None,
    kind: PaperKind,
    number: str,
    first: date,
    *,
    at: datetime | None = None,
) -> Paper:
    """A paper that names no product: it holds for all goods of the producer, or for the shop."""
    issued = first - timedelta(days=200)
    paper = Paper(kind=kind, number=number, issuer="Cơ quan mẫu", issued=issued, ends=issued + timedelta(days=1000),
                  producer_id=producer.id if producer else None)  # fmt: skip
    return save_paper(session, paper, [], by=SYSTEM, at=at or at_clock(first, 6))


def add_product(
    session: Session,
    role: cast.CastProduct,
    producer: Producer,
    number: int,
    first: date,
    *,
    price_from: date | None = None,
    at: datetime | None = None,
) -> Product:
    """A product of the cast with its codes, its price and the papers that name it."""
    at = at or at_clock(first, 6)
    _pack, _sold_by, net_milli, net_unit = read_pack(role.pack)
    shelf = session.scalars(select(Place).where(Place.code == "OCOP")).one()
    product = Product(
        name_vi=role.name, pack=role.pack, name_en=role.english, producer_id=producer.id, group_code=role.group,
        goods_class="ocop", kind=role.kind.value, unit=role.unit, alcohol_permille=role.alcohol_permille,
        vat_category="not_reduced" if role.kind is GoodsKind.ALCOHOL else "standard", shelf_place_id=shelf.id,
        label_entries=" ".join(REQUIRED[role.kind]), on_tiles=not role.coded, storage="Nơi khô ráo, thoáng mát.",
        ingredients="Nguyên liệu của làng (ví dụ).", net_content_milli=net_milli, net_content_unit=net_unit,
    )  # fmt: skip
    codes = [TypedCode(gtin13(number))] if role.coded else []
    if role.box:
        body = f"1952{number:09}"
        codes.append(TypedCode(body + check_digit(body), role.box * ONE))
    save_product(session, product, codes, by=SYSTEM, at=at)
    set_price(session, product, role.price_vnd, starts=price_from or first, by=SYSTEM, at=at)
    for kind in _named_papers(role.kind):
        issued = _issued(number, first)
        issuer = (
            producer.name if kind is PaperKind.DECLARATION else ISSUED_BY[kind]
        )  # a maker declares by itself
        paper = Paper(kind=kind, number=f"{product.sku}/{NUMBERED[kind]} (mẫu)", issuer=issuer, issued=issued,
                      producer_id=producer.id)  # fmt: skip
        stars = role.stars if kind is PaperKind.RECOGNITION else None
        save_paper(session, paper, [CoveredProduct(product.id, stars)], by=SYSTEM, at=at)
    return product


def _issued(number: int, first: date) -> date:
    """Most papers are young; every fourth product's decision ends some time within the year, one after the other."""
    if number % 4:
        return first - timedelta(days=100)
    return add_months(first + timedelta(days=95 + number * 11 % 280), -36)


ISSUED_BY = {
    PaperKind.RECOGNITION: "UBND thành phố (mẫu)",
    PaperKind.REGISTRATION: "Cục An toàn thực phẩm (mẫu)",
    PaperKind.COSMETIC_NOTICE: "Sở Y tế (mẫu)",
}
NUMBERED = {  # what stands in the numbers of the village's papers
    PaperKind.RECOGNITION: "QĐ-OCOP",
    PaperKind.DECLARATION: "TCB",
    PaperKind.REGISTRATION: "ĐKSP",
    PaperKind.COSMETIC_NOTICE: "CBMP",
}


def _named_papers(kind: GoodsKind) -> list[PaperKind]:
    more = {
        GoodsKind.PACKAGED_FOOD: [PaperKind.DECLARATION],
        GoodsKind.ALCOHOL: [PaperKind.DECLARATION],
        GoodsKind.FUNCTIONAL_FOOD: [PaperKind.REGISTRATION],
        GoodsKind.COSMETIC: [PaperKind.COSMETIC_NOTICE],
    }
    return [PaperKind.RECOGNITION, *more.get(kind, [])]
