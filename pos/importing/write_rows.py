"""importing/write_rows.py — what some rows of a plan say, written in stages: producers, products, papers, prices, lots.

Each stage writes all that is new at once, and what is in the books already through its own room's use case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..admission.add_papers import add_papers
from ..admission.default_place import find_default_place
from ..admission.models import Paper
from ..admission.papers import CoveredProduct, save_paper
from ..admission.told_stars import note_told_stars
from ..catalog.add_products import add_products
from ..catalog.models import Product
from ..catalog.products import TypedCode, list_codes, save_product
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from ..kernel.text import fold_text
from ..pricing.add_prices import add_prices
from ..pricing.prices import find_price
from ..producers.add_producers import add_producers
from ..producers.models import Bearer, Deal, Producer
from ..producers.terms import record_terms, save_producer
from ..settlement.dated_back import require_agreed_settling
from ..stock.add_lots import OpeningStock, add_lots
from ..stock.lots import place_hold
from ..stock.models import Lot, Place
from ..stock.places import add_place
from .answers import AgreedDeal
from .books import Books, make_identity
from .known_rows import PRODUCT_FIELDS
from .read_rows import RowPreview

Values = dict[str, Any]
OPENING_NOTE = "Tồn đầu kỳ"


@dataclass
class RowWriter:
    """Writes rows of one import: `deals` and `new_places` are what a person said of producers and places."""

    books: Books
    by: Actor
    at: datetime
    deals: Mapping[str, AgreedDeal] = field(default_factory=dict)
    new_places: Mapping[str, str] = field(default_factory=dict)
    _producers: dict[int, Producer] = field(default_factory=dict)  # of the rows that are being written
    _products: dict[int, Product] = field(default_factory=dict)  # that are new with them

    def write(self, session: Session, rows: Sequence[RowPreview]) -> list[OpeningStock]:
        """Write these rows, but for the opening stock of their lots, which is returned. Raises Refused."""
        makers = self._write_producers(session, rows)
        owned = [(row.values, makers.get(_producer_key(row.values))) for row in rows]
        goods = self._write_products(session, owned)
        self._write_papers(session, goods)
        note_told_stars(session, {
            product_id: values["stars"] for values, _producer_id, product_id in goods
            if product_id is not None and values.get("stars") and not values.get("paper_number")
        })  # fmt: skip
        self._write_prices(session, goods)
        return self._write_lots(session, goods)

    def _write_producers(self, session: Session, rows: Sequence[RowPreview]) -> dict[str | None, int]:
        """The ids of those whom the rows name, by their folded names."""
        named = {
            key: row.values["producer_name"] for row in rows if (key := _producer_key(row.values)) is not None
        }
        known = [id_ for key in named if (id_ := self.books.producers.get(key))]
        self._producers = {p.id: p for p in session.scalars(select(Producer).where(Producer.id.in_(known)))}
        new = {key: Producer(name=name) for key, name in named.items() if key not in self.books.producers}
        for row in rows:
            key = _producer_key(row.values)
            if key in new:
                _fill_producer(new[key], row.values)
            elif key is not None:
                self._change_producer(session, self._producers[self.books.producers[key]], row.values)
        added = add_producers(session, list(new.values()), by=self.by, at=self.at)
        self._producers |= {producer.id: producer for producer in added}
        self.books.producers.update({key: producer.id for key, producer in zip(new, added, strict=True)})
        for key in named:
            agreed = self.deals.get(key)
            if agreed is not None and agreed.deal is not None and key not in self.books.agreed:
                self._record_deal(session, self._producers[self.books.producers[key]], agreed)
                self.books.agreed.add(key)
        return {key: self.books.producers[key] for key in named}

    def _change_producer(self, session: Session, producer: Producer, values: Values) -> None:
        if _fill_producer(producer, values):
            save_producer(session, producer, by=self.by, at=self.at)

    def _record_deal(self, session: Session, producer: Producer, agreed: AgreedDeal) -> None:
        """The deal that was answered, from today. What spoils is borne by whose goods they are; a markdown by the shop."""
        assert agreed.deal is not None  # noqa: S101  asked by the caller
        require_agreed_settling(session, producer, self.books.on, by=self.by)
        is_firm = agreed.deal is Deal.FIRM
        terms = record_terms(
            session, producer, starts=self.books.on, deal=agreed.deal, commission_bp=agreed.commission_bp,
            spoilage_borne_by=Bearer.SHOP if is_firm else Bearer.PRODUCER, markdown_borne_by=Bearer.SHOP, by=self.by, at=self.at,
        )  # fmt: skip
        self.books.terms[producer.id] = terms.id

    def _write_products(
        self, session: Session, owned: Sequence[tuple[Values, int | None]]
    ) -> list[tuple[Values, int | None, int | None]]:
        """Each row's values with its producer and product."""
        new: dict[Any, tuple[Product, dict[str, int], list[int]]] = {}
        found: list[int | None] = []
        for n, (values, producer_id) in enumerate(owned):
            product_id = self.books.find_product(values, producer_id)
            found.append(product_id)
            if product_id is not None:
                self._change_product(session, product_id, values)
            elif values.get("name_vi") and producer_id is not None:
                self._plan_product(session, new, values, producer_id, n)
        added = add_products(
            session, [(product, [TypedCode(*code) for code in codes.items()]) for product, codes, _rows in new.values()],
            by=self.by, at=self.at,
        )  # fmt: skip
        self._products = {product.id: product for product in added}
        for product, (_planned, codes, rows) in zip(added, new.values(), strict=True):
            self._learn_product(product, codes)
            for n in rows:
                found[n] = product.id
        for n, (values, _producer_id) in enumerate(
            owned
        ):  # a row that names a product of this part by its number alone
            if found[n] is None and values.get("sku"):
                found[n] = self.books.by_sku.get(values["sku"])
        return [(values, producer, product) for (values, producer), product in zip(owned, found, strict=True)]

    def _plan_product(
        self, session: Session, new: dict[Any, tuple[Product, dict[str, int], list[int]]], values: Values, producer_id: int, n: int
    ) -> None:  # fmt: skip
        key: Any = values.get("sku") or make_identity(
            producer_id, values["name_vi"], values.get("pack") or ""
        )
        fields = self._list_fields(session, values, is_new=key not in new)
        if key not in new:
            group = fields.pop("group_code", "food")
            new[key] = Product(producer_id=producer_id, group_code=group, **fields), {}, []
        product, codes, rows = new[key]
        for name, value in fields.items():
            setattr(product, name, value)
        codes |= dict(values.get("barcode") or ())
        rows.append(n)

    def _learn_product(self, product: Product, codes: dict[str, int]) -> None:
        books = self.books
        books.products[make_identity(product.producer_id, product.name_vi, product.pack)] = product.id
        books.by_sku[product.sku], books.makers[product.id] = product.id, product.producer_id
        books.shelves[product.id] = product.shelf_place_id
        books.by_gtin.update(dict.fromkeys(codes, product.id))

    def _list_fields(self, session: Session, values: Values, *, is_new: bool) -> Values:
        """A product's columns that the row says something of."""
        fields = {name: values[name] for name in PRODUCT_FIELDS if values.get(name) not in (None, "")}
        net_content = values.get("net_content") or (values.get("net_content_by_pack") if is_new else None)
        if net_content:
            fields |= {"net_content_milli": net_content[0], "net_content_unit": net_content[1]}
        if values.get("alcohol"):
            fields["alcohol_permille"] = values["alcohol"]
        if values.get("banned"):
            fields["banned"] = True
        if values.get("place"):
            place_id = self._find_place(session, values["place"])
            if not values.get("lot_number") or (is_new and self.books.is_on_floor(place_id)):
                fields["shelf_place_id"] = place_id
        if values.get("sku"):
            fields["sku"] = values["sku"]
        return fields

    def _change_product(self, session: Session, product_id: int, values: Values) -> None:
        fields = self._list_fields(session, values, is_new=False)
        if not fields and not values.get("barcode"):
            return
        product = session.get_one(Product, product_id)
        codes = {code.digits: code.pack_milli for code in list_codes(product)}
        wanted = codes | dict(values.get("barcode") or ())
        if wanted == codes and all(getattr(product, name) == value for name, value in fields.items()):
            return
        for name, value in fields.items():
            setattr(product, name, value)
        save_product(session, product, [TypedCode(*code) for code in wanted.items()], by=self.by, at=self.at)
        self._learn_product(product, wanted)

    def _find_place(self, session: Session, text: str) -> int:
        """The place of that name or code, made where a person said so. Raises Refused (`place_not_found`)."""
        key = fold_text(text)
        if key not in self.books.places:
            if text not in self.new_places:
                raise Refused.because("place_not_found")
            codes = set(session.scalars(select(Place.code)))
            code = next(code for n in range(1, 10_000) if (code := f"N{n}") not in codes)
            place = add_place(
                session, Place(code=code, name=text, zone=self.new_places[text]), by=self.by, at=self.at
            )
            self.books.places.update({key: place.id, fold_text(code): place.id})
            self.books.zones[place.id] = place.zone
        return self.books.places[key]

    def _write_papers(self, session: Session, goods: Sequence[tuple[Values, int | None, int | None]]) -> None:
        papers: dict[Any, tuple[Paper, dict[int, CoveredProduct]]] = {}
        for values, producer_id, product_id in goods:
            if not values.get("paper_number"):
                continue
            kind = values.get("paper_kind") or "recognition"
            key = (
                kind,
                fold_text(values["paper_number"]),
                self._find_paper_owner(values, producer_id, product_id),
            )
            if key not in papers:
                known = self.books.papers.get(key)
                paper = session.get_one(Paper, known) if known else Paper(
                    kind=kind, number=values["paper_number"], producer_id=key[2]
                )  # fmt: skip
                covers = {
                    c.product_id: CoveredProduct(c.product_id, c.stars, c.name_written) for c in paper.covers
                }
                papers[key] = paper, covers
            _fill_paper(papers[key][0], values)
            if product_id is not None:  # an empty cell says nothing: stars once entered stay
                covers = papers[key][1]
                before = covers.get(product_id, CoveredProduct(product_id))
                covers[product_id] = CoveredProduct(
                    product_id, values.get("stars") or before.stars, values.get("name_written") or before.name_written
                )  # fmt: skip
        new = {key: item for key, item in papers.items() if item[0].id is None}
        added = add_papers(
            session, [(paper, list(covers.values())) for paper, covers in new.values()], by=self.by, at=self.at
        )  # fmt: skip
        self.books.papers.update({key: paper.id for key, paper in zip(new, added, strict=True)})
        for key, (paper, covers) in papers.items():
            if key not in new:
                save_paper(session, paper, list(covers.values()), by=self.by, at=self.at)

    def _find_paper_owner(
        self, values: Values, producer_id: int | None, product_id: int | None
    ) -> int | None:
        """Whose paper a row means: its producer's, else its product's; nobody's where the books have it so, or it is the shop's."""
        kind, number = values.get("paper_kind") or "recognition", fold_text(values["paper_number"])
        if producer_id is not None or product_id is None or kind.startswith("shop_"):
            return producer_id
        owner = self.books.makers[product_id]
        papers = self.books.papers
        is_nobodys = (kind, number, owner) not in papers and (kind, number, None) in papers
        return None if is_nobodys else owner

    def _write_prices(self, session: Session, goods: Sequence[tuple[Values, int | None, int | None]]) -> None:
        wanted: dict[tuple[int, date], int] = {}
        for values, _producer_id, product_id in goods:
            if product_id is None or values.get("price") is None:
                continue
            starts = values.get("price_starts") or self.books.on
            if starts == self.books.on or product_id not in self.books.prices:
                before = self.books.prices.get(product_id)
            else:
                before = find_price(session, product_id, starts)
            if before != values["price"]:
                wanted[product_id, starts] = values["price"]
            if starts <= self.books.on:
                self.books.prices[product_id] = values["price"]
        add_prices(
            session, [(id_, price, day) for (id_, day), price in wanted.items()], by=self.by, at=self.at
        )

    def _write_lots(
        self, session: Session, goods: Sequence[tuple[Values, int | None, int | None]]
    ) -> list[OpeningStock]:
        """Lots that were in the shop before the system, known by their papers; returns how much of them lies where.

        One may be at several places, a row each; a lot that was in the books before this import is left alone.
        """
        new: dict[tuple[int, str], Lot] = {}
        for values, _producer_id, product_id in goods:
            key = (product_id or 0, values.get("lot_number") or "")
            if product_id is None or not key[1] or key in self.books.lots or key in new:
                continue
            new[key] = self._make_lot(session, values, product_id)
        added = add_lots(session, list(new.values()), by=self.by, at=self.at)
        self.books.lots.update({key: lot.id for key, lot in zip(new, added, strict=True)})
        self.books.opened.update(lot.id for lot in added)
        held: set[int] = set()
        opening = []
        for values, _producer_id, product_id in goods:
            lot_id = self.books.lots.get((product_id or 0, values.get("lot_number") or ""))
            if lot_id is None or lot_id not in self.books.opened or product_id is None:
                continue
            key = product_id, values["lot_number"]
            if values.get("held_because") and key in new and lot_id not in held:
                held.add(lot_id)
                place_hold(session, lot_id=lot_id, reason=values["held_because"], by=self.by, at=self.at)
            if values.get("quantity"):
                place_id = self._find_stock_place(session, values, product_id)
                opening.append(OpeningStock(lot_id, place_id, values["quantity"]))
        return opening

    def _make_lot(self, session: Session, values: Values, product_id: int) -> Lot:
        """A new lot; one whose day of making is told is from its maker's address and the opening stock, where the list says no other."""
        maker = self.books.makers[product_id]
        origin, note = values.get("origin_place") or "", values.get("delivery_note") or ""
        if values.get("made_on"):
            origin, note = (
                origin or (self._producers.get(maker) or session.get_one(Producer, maker)).address,
                note or OPENING_NOTE,
            )
        return Lot(
            product_id=product_id, number=values["lot_number"], producer_id=maker, origin_place=origin,
            made_on=values.get("made_on"), expires_on=values.get("expires_on"), delivery_note=note,
            terms_id=self.books.terms.get(maker),
        )  # fmt: skip

    def _find_stock_place(self, session: Session, values: Values, product_id: int) -> int:
        """Where a row says, else the product's own shelf or the floor of its zone. Raises Refused (`no_place_at_all`)."""
        if values.get("place"):
            return self._find_place(session, values["place"])
        shelf = self.books.shelves.get(product_id)
        product = self._products.get(product_id) or session.get_one(Product, product_id)
        return shelf or find_default_place(session, product).id


def _producer_key(values: Values) -> str | None:
    """The folded name of the row's producer, if it names one."""
    name = values.get("producer_name")
    return fold_text(name) if name else None


def _fill_producer(producer: Producer, values: Values) -> bool:
    """Set what the row says of them; False where it is in the books already."""
    fields = {
        "address": values.get("producer_address"), "phone": values.get("producer_phone"),
        "suspended_on": values.get("suspended_on"), "suspended_why": values.get("suspended_why"),
    }  # fmt: skip
    changed = {k: v for k, v in fields.items() if v and getattr(producer, k) != v}
    for column, value in changed.items():
        setattr(producer, column, value)
    return bool(changed)


def _fill_paper(paper: Paper, values: Values) -> None:
    for name in ("issuer", "issued", "starts", "ends"):
        if values.get(f"paper_{name}"):
            setattr(paper, name, values[f"paper_{name}"])
    if values.get("revoked_on"):
        paper.revoked_on, paper.revoked_by = values["revoked_on"], values.get("revoked_by") or ""
