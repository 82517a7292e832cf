"""Goods by the thousand, each with all that makes it sellable, written in bulk.

Through the use cases this would take an hour; the rows are the same, but the journal doesn't know them.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hardware.symbology import parse_gtin
from pos.admission.labels import REQUIRED
from pos.admission.models import Paper, PaperCover, PaperKind
from pos.catalog.models import Barcode, GoodsKind, Product
from pos.catalog.products import GROUPS
from pos.demo.codes import gtin13
from pos.kernel.quantity import ONE
from pos.kernel.tables import Base
from pos.kernel.text import fold_text
from pos.pricing.models import Price
from pos.producers.models import Bearer, Deal, Producer, ProducerTerms
from pos.stock.models import Lot, MoveKind, OnHand, Place, StockMove, Zone

from .sizes import LOTS_A_PRODUCT

PLENTY_MILLI = 100_000 * ONE  # no measurement runs out of goods
FIRST_NAMES = (
    "Chè lam", "Kẹo lạc", "Kẹo dồi", "Tương nếp", "Miến dong", "Bánh gai", "Mật ong", "Trà sen", "Giò gà", "Ruốc gà",
)  # fmt: skip
SECOND_NAMES = (
    "gừng", "mật ong", "gấc", "lạc vừng", "hoa nhãn", "hoa vải", "ủ chum", "nếp cái", "đặc biệt", "truyền thống",
)  # fmt: skip
PACKS = ("250 g", "500 g", "hộp 300 g", "chai 500 ml", "lọ 200 g")
SHOP_PAPERS = (PaperKind.SHOP_REGISTRATION, PaperKind.SHOP_FOOD_SAFETY)


def name_of(number: int) -> str:
    """A name of the village and a number of its own, so that no two are the same."""
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    return f"{first} {SECOND_NAMES[number // 10 % len(SECOND_NAMES)]} số {number}"


def code_of(number: int) -> str:
    """What a scanner reads off the product of that number."""
    return gtin13(number)


def fill(session: Session, products: int, producers: int) -> None:
    """Write producers, products, codes, prices, papers, lots, and what is on hand of them."""
    books = Catalogue(session, datetime.now(UTC), products, producers)
    for table, rows in books.tables():
        _write(session, table, rows)


def _write(session: Session, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    session.execute(insert(table.__table__), list(rows))  # type: ignore[arg-type]


class Catalogue:
    """The rows of each table, made from a product's number alone: the same ones in every run."""

    def __init__(self, session: Session, now: datetime, products: int, producers: int) -> None:
        self.at = now - timedelta(days=3000)
        self.today: date = now.date()
        self.products = range(1, products + 1)
        self.producers = range(1, producers + 1)
        self.lots = range(1, products * LOTS_A_PRODUCT + 1)
        self.shelf = session.scalars(select(Place.id).where(Place.zone == Zone.OCOP)).first()

    def tables(self) -> Iterator[tuple[type[Base], Iterable[dict[str, Any]]]]:
        yield Producer, map(self.producer, self.producers)
        yield ProducerTerms, map(self.terms, self.producers)
        yield Product, map(self.product, self.products)
        yield Barcode, map(self.barcode, self.products)
        yield Price, map(self.price, self.products)
        yield Paper, self.papers()
        yield PaperCover, self.covers()
        yield Lot, map(self.lot, self.lots)
        yield StockMove, map(self.received, self.lots)
        yield OnHand, map(self.on_hand, self.lots)

    def producer(self, n: int) -> dict[str, Any]:
        name = f"Hộ sản xuất mẫu {n:04}"
        key = fold_text(name)
        return {"id": n, "code": f"CT{n:04}", "name": name, "search_key": key, "address": "Đường Lâm"}

    def terms(self, n: int) -> dict[str, Any]:
        return {
            "id": n, "producer_id": n, "starts": self.at.date(), "deal": Deal.CONSIGNMENT.value, "commission_bp": 1500,
            "spoilage_borne_by": Bearer.PRODUCER.value, "markdown_borne_by": Bearer.SHOP.value, "at": self.at,
        }  # fmt: skip

    def maker_of(self, product: int) -> int:
        return product % len(self.producers) + 1

    def product(self, n: int) -> dict[str, Any]:
        name, pack, sku = name_of(n), PACKS[n % len(PACKS)], f"SP{n:05}"
        return {
            "id": n, "sku": sku, "name_vi": name, "pack": pack, "search_key": fold_text(f"{name} {pack} {sku}"),
            "producer_id": self.maker_of(n), "group_code": GROUPS[n % len(GROUPS)][0], "kind": GoodsKind.PACKAGED_FOOD.value,
            "shelf_place_id": self.shelf, "label_entries": " ".join(REQUIRED[GoodsKind.PACKAGED_FOOD]),
        }  # fmt: skip

    def barcode(self, n: int) -> dict[str, Any]:
        return {"gtin": parse_gtin(code_of(n)), "product_id": n}

    def price(self, n: int) -> dict[str, Any]:
        price = 20_000 + n % 200 * 1000
        return {"id": n, "product_id": n, "price_vnd": price, "starts": self.at.date(), "at": self.at}

    def papers(self) -> Iterator[dict[str, Any]]:
        """Two of each product (odd: recognition, even: declaration), one of each producer, the shop's own."""
        for n in self.products:
            maker = self.maker_of(n)
            yield self.paper(2 * n - 1, PaperKind.RECOGNITION, maker)
            yield self.paper(2 * n, PaperKind.DECLARATION, maker)
        last = 2 * len(self.products)
        for maker in self.producers:
            yield self.paper(last + maker, PaperKind.FOOD_SAFETY, maker)
        for n, kind in enumerate(SHOP_PAPERS, last + len(self.producers) + 1):
            yield self.paper(n, kind, None)

    def paper(self, n: int, kind: PaperKind, producer_id: int | None) -> dict[str, Any]:
        return {
            "id": n, "kind": kind.value, "number": f"{n}/QĐ (mẫu)", "issuer": "Cơ quan mẫu", "producer_id": producer_id,
            "issued": self.today - timedelta(days=100), "starts": self.today - timedelta(days=100),
            "ends": self.today + timedelta(days=900),
        }  # fmt: skip

    def covers(self) -> Iterator[dict[str, Any]]:
        for n in self.products:
            yield {"paper_id": 2 * n - 1, "product_id": n, "stars": 3 + n % 3}
            yield {"paper_id": 2 * n, "product_id": n, "stars": None}

    def lot(self, n: int) -> dict[str, Any]:
        product = (n - 1) // LOTS_A_PRODUCT + 1
        return {
            "id": n, "product_id": product, "number": f"L{n:07}", "producer_id": self.maker_of(product),
            "origin_place": "Đường Lâm", "made_on": self.today - timedelta(days=20 + n % 30),
            "expires_on": self.today + timedelta(days=200 + n % 365), "delivery_note": f"PG{n:07}",
            "terms_id": self.maker_of(product), "trace_code": f"trace{n:07}",
        }  # fmt: skip

    def received(self, n: int) -> dict[str, Any]:
        return {
            "id": n, "lot_id": n, "place_id": self.shelf, "kind": MoveKind.RECEIVED.value,
            "quantity_milli": PLENTY_MILLI, "document": f"receiving_line:{n}", "at": self.at,
        }  # fmt: skip

    def on_hand(self, n: int) -> dict[str, Any]:
        return {"lot_id": n, "place_id": self.shelf, "quantity_milli": PLENTY_MILLI}
