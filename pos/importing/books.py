"""importing/books.py — what a row names, by its id in the books: read once an import, and kept up with what it writes.

Nobody else changes goods meanwhile: each part asks for that first (`preview_old`).
"""

from collections import ChainMap
from collections.abc import MutableMapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..admission.models import Paper
from ..catalog.models import Barcode, Product
from ..kernel.text import fold_text
from ..pricing.prices import price_in_force
from ..producers.models import Producer
from ..producers.terms import find_terms_of_all
from ..stock.models import Lot, Place, Zone

Identity = tuple[int, str, str]  # producer, name, pack
PaperKey = tuple[str, str, int | None]


@dataclass
class Books:
    """Ids by what rows name; `prices` are those in force on the day of the import."""

    on: date
    producers: MutableMapping[str, int]
    products: MutableMapping[Identity, int]
    by_sku: MutableMapping[str, int]
    by_gtin: MutableMapping[str, int]
    makers: MutableMapping[int, int]
    shelves: MutableMapping[int, int | None]
    prices: MutableMapping[int, int]
    lots: MutableMapping[tuple[int, str], int]
    papers: MutableMapping[PaperKey, int]
    places: MutableMapping[str, int]
    zones: MutableMapping[int, str]
    terms: MutableMapping[int, int]
    opened: set[int] = field(default_factory=set)  # lots that this import opened
    agreed: set[str] = field(
        default_factory=set
    )  # producers whose answered deal is written, by their folded name

    @classmethod
    def load(cls, session: Session, on: date) -> "Books":
        columns = (
            Product.id,
            Product.sku,
            Product.producer_id,
            Product.name_vi,
            Product.pack,
            Product.shelf_place_id,
        )
        products = session.execute(select(*columns).where(~Product.archived)).all()
        in_use, barcodes = {p.id for p in products}, session.execute(select(Barcode.gtin, Barcode.product_id))
        places = session.scalars(select(Place)).all()
        prices = session.execute(select(Product.id, price_in_force(Product.id, on))).all()
        lots = session.execute(select(Lot.product_id, Lot.number, Lot.id)).all()
        papers = session.execute(select(Paper.kind, Paper.number, Paper.producer_id, Paper.id)).all()
        return cls(
            on=on,
            producers={p.search_key: p.id for p in session.scalars(select(Producer).order_by(Producer.id.desc()))},
            products={make_identity(p.producer_id, p.name_vi, p.pack): p.id for p in products},
            by_sku={p.sku: p.id for p in products},
            by_gtin={gtin: id_ for gtin, id_ in barcodes if id_ in in_use},
            makers={p.id: p.producer_id for p in products},
            shelves={p.id: p.shelf_place_id for p in products},
            prices={id_: price for id_, price in prices if price is not None},
            lots={(product_id, number): id_ for product_id, number, id_ in lots},
            papers={(kind, fold_text(number), producer_id): id_ for kind, number, producer_id, id_ in papers},
            places={fold_text(text): p.id for p in places for text in (p.name, p.code)},
            zones={p.id: p.zone for p in places},
            terms={producer_id: terms.id for producer_id, terms in find_terms_of_all(session, on).items()},
        )  # fmt: skip

    def add_layer(self) -> "Books":
        """The same, to note in it what may come to nothing: `keep_layer` notes it here."""
        parts: dict[str, Any] = {part.name: getattr(self, part.name) for part in fields(self)}
        for name, part in parts.items():
            if isinstance(part, dict):
                parts[name] = ChainMap({}, part)
            elif isinstance(part, set):
                parts[name] = set(part)
        return Books(**parts)

    def keep_layer(self, layer: "Books") -> None:
        """Note for good what was noted in the layer."""
        for part in fields(self):
            own, noted = getattr(self, part.name), getattr(layer, part.name)
            if isinstance(noted, ChainMap):
                own.update(noted.maps[0])
            elif isinstance(noted, set):
                own.update(noted)

    def find_product(self, values: dict[str, Any], producer_id: int | None) -> int | None:
        """By the shop's own number, else by a barcode, else by producer, name and pack."""
        found = self.by_sku.get(values.get("sku") or "")
        for gtin, _pack in values.get("barcode") or ():
            found = found or self.by_gtin.get(gtin)
        if found is None and producer_id is not None and values.get("name_vi"):
            found = self.products.get(make_identity(producer_id, values["name_vi"], values.get("pack") or ""))
        return found

    def is_on_floor(self, place_id: int) -> bool:
        return Zone(self.zones[place_id]).on_floor


def make_identity(producer_id: int, name: str, pack: str) -> Identity:
    """The name's accents are kept: two products may differ in one."""
    return producer_id, name.lower().strip(), fold_text(pack)
