"""importing/known_rows.py — what the books hold already, in one place to compare rows with."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from ..admission.change_paper import find_products_on_floor, find_touched_products
from ..admission.models import Paper
from ..catalog.models import Barcode, Product
from ..kernel.own_codes import is_own_code
from ..kernel.text import fold_text, remove_accents
from ..pricing.prices import price_in_force
from ..producers.models import Producer
from ..producers.terms import find_terms_of_all, is_lifted
from ..stock.lots import bare_lot_number
from ..stock.models import Lot, Place
from ..stock.queries import find_moved_products
from .known_facts import (
    Identity,
    find_newest_change,
    identify_goods,
    list_awaited,
    list_covers,
    list_retired,
    name_key,
    name_of,
)

PRODUCT_FIELDS = (
    "name_vi", "pack", "name_en", "unit", "group_code", "goods_class", "kind", "storage", "ingredients", "allergens",
    "story_vi", "story_en", "vat_category", "label_entries",
)  # fmt: skip
_PAPER_FACTS = ("paper_issued", "paper_starts", "paper_ends", "revoked_on")
_COVER_FACTS = ("stars", "name_written")
_PRODUCT_FACTS = {
    "kind": "kind", "goods_class": "goods_class", "alcohol": "alcohol_permille", "name_vi": "name_vi", "pack": "pack",
    "label_entries": "label_entries",
}  # fmt: skip
_PRODUCT_COLUMNS = {*PRODUCT_FIELDS, *_PRODUCT_FACTS}
_NEW_PRODUCT = 0  # in place of the id of a product that the row itself would add


@dataclass(frozen=True, slots=True)
class FloorChange:
    """What a row would change of goods that were on the floor: of which paper or product, and each fact in both."""

    name: str
    paper_id: int | None = None
    product_id: int | None = None
    producer_id: int | None = None
    facts: tuple[tuple[str, Any, Any], ...] = ()  # its name, in the books, in the row


@dataclass
class KnownRows:
    """Snapshots by the keys that rows name things by, as they are on the business day `on`."""

    on: date
    seq: int
    producers: dict[str, Producer]
    products: dict[Identity, Product]
    identities: dict[int, Identity]
    by_sku: dict[str, Product]
    gtins: dict[str, Identity]
    prices: dict[int, int | None]
    lots: set[tuple[int, str]]
    bare_lots: dict[tuple[int, str], str]
    papers: dict[tuple[str, str, int | None], Paper]
    covers: dict[int, dict[int, tuple[int | None, str]]]  # by paper and product: the stars, the name written
    places: dict[str, int]
    on_floor: set[int]
    makers: dict[int, int]
    skus_by_capitals: dict[str, str]
    place_codes: dict[int, str]
    agreed_producers: set[int]
    with_stock: set[int]
    moved: set[int]
    retired: dict[str | Identity, str]  # what is sold no more: its name by its number, barcodes and identity
    names: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict)
    planned: set[str] = field(default_factory=set)

    @classmethod
    def load(cls, session: Session, today: date) -> "KnownRows":
        producers = {p.search_key: p for p in session.scalars(select(Producer))}
        names = {p.id: key for key, p in producers.items()}
        every = session.scalars(select(Product).options(selectinload(Product.barcodes))).all()
        products = [product for product in every if not product.archived]
        exact = {p.id: identify_goods(names[p.producer_id], p.name_vi, p.pack) for p in products}
        places = session.scalars(select(Place)).all()
        lots = [(pid, number) for pid, number in session.execute(select(Lot.product_id, Lot.number))]
        found = cls(
            on=today,
            seq=find_newest_change(session),
            producers=producers,
            products={exact[p.id]: p for p in products},
            identities=exact,
            by_sku={p.sku: p for p in products},
            skus_by_capitals={sku.upper(): sku for sku in session.scalars(select(Product.sku))},
            gtins={g: exact[pid] for g, pid in session.execute(select(Barcode.gtin, Barcode.product_id)) if pid in exact},
            prices=dict(session.execute(select(Product.id, price_in_force(Product.id, today))).all()),
            lots=set(lots),
            bare_lots={(pid, bare_lot_number(number)): number for pid, number in lots},
            papers={(p.kind, fold_text(p.number), p.producer_id): p for p in session.scalars(select(Paper))},
            covers=list_covers(session),
            on_floor=find_products_on_floor(session),
            makers=dict(session.execute(select(Product.id, Product.producer_id)).all()),
            places={fold_text(text): p.id for p in places for text in (p.name, p.code)},
            place_codes={p.id: p.code for p in places},
            agreed_producers=set(find_terms_of_all(session, today)),
            with_stock={pid for pid, _number in lots} | list_awaited(session),
            moved=find_moved_products(session),
            retired=list_retired([product for product in every if product.archived], names),
        )  # fmt: skip
        for product in products:
            found.names.setdefault((names[product.producer_id], fold_text(product.name_vi)), []).append(
                (product.name_vi, product.pack)
            )
        return found

    def find_retired(self, values: dict[str, Any]) -> str:
        """The name of goods sold no more that a row means by number, barcode or name; "" for none.

        What goods are is changed where two people see it: a row never changes goods that nobody looks at.
        """
        keys = [values.get("sku") or "", *(gtin for gtin, _pack in values.get("barcode") or ())]
        by_code = next((self.retired[key] for key in keys if key and key in self.retired), "")
        if by_code or self.product(values) is not None:
            return by_code
        return self.retired.get(self.identity(values), "")

    def has_stock(self, product: Product | None) -> bool:
        """Did lots of it come before, or is a delivery of it awaited?"""
        return product is not None and product.id in self.with_stock

    def is_new_lot(self, values: dict[str, Any]) -> bool:
        """Would the row open a lot with stock of it?"""
        product, number = self.product(values), values.get("lot_number")
        is_known = product is not None and (product.id, number) in self.lots
        return bool(number and values.get("quantity")) and not is_known

    def is_unit_fixed(self, values: dict[str, Any]) -> bool:
        """Would the row sell by weight what is in the books as pieces, or the other way, and goods of it came already?"""
        product, unit = self.product(values), values.get("unit")
        return product is not None and product.id in self.moved and unit not in (None, "", product.unit)

    def settle_pack(self, values: dict[str, Any]) -> None:
        """A row without a pack has the word that its goods are counted by ("gói") for one, unless it means goods without."""
        word = values.get("pack_by_unit")
        if not word or values.get("pack") or self.product(values) is not None:
            return
        packed = values | {"pack": word}
        is_plain = values.get("sku") or values.get("barcode") or self.find_alike(values) is None
        if (
            is_plain
            or self.product(packed) is not None
            or name_of(packed) in self.names.get(name_key(packed), ())
        ):
            values["pack"] = word

    def plan_name(self, values: dict[str, Any]) -> None:
        """Remember a row's goods for the rows after it."""
        others = self.names.setdefault(name_key(values), [])
        if name_of(values) not in others:
            others.append(name_of(values))

    def find_alike(self, values: dict[str, Any]) -> tuple[str, str] | None:
        """Name and pack of goods of the same producer that a row may mean; None where it plainly means them, or others.

        Of the same name, where one has its pack written and the other none; of the same pack, where the row has its name
        without any accents.
        """
        name, pack = name_of(values)
        for other_name, other_pack in self.names.get(name_key(values), ()):
            is_same_name = other_name.lower() == name.lower()
            is_same_pack = fold_text(other_pack) == fold_text(pack)
            if is_same_name and is_same_pack:
                return None
            if is_same_name and not (pack and other_pack):
                return other_name, other_pack
            if is_same_pack and not is_same_name and remove_accents(name) == name:
                return other_name, other_pack
        return None

    def identity(self, values: dict[str, Any]) -> Identity:
        """Producer, name, pack: what makes a product the same. An accent in the name makes another one."""
        named = self.by_sku.get(values.get("sku") or "")
        if named is not None:
            return self.identities[named.id]
        if not values.get("name_vi"):
            for gtin, _pack in values.get("barcode") or ():
                if gtin in self.gtins:
                    return self.gtins[gtin]
        producer = fold_text(values.get("producer_name") or "")
        return identify_goods(producer, values.get("name_vi") or "", values.get("pack") or "")

    def similar_lot(self, values: dict[str, Any]) -> str:
        """The number of a lot of the product in the books that this one is but otherwise written; "" for none."""
        product, number = self.product(values), values.get("lot_number") or ""
        if product is None or not number or (product.id, number) in self.lots:
            return ""
        return self.bare_lots.get((product.id, bare_lot_number(number)), "")

    def owner_of(self, gtin: str) -> Identity | None:
        return self.gtins.get(gtin)

    def find_sku_fault(self, values: dict[str, Any]) -> str:
        """Why the row's own number can't be a new one's; "" where it can, or is a product's already."""
        sku = values.get("sku") or ""
        if sku in self.by_sku:
            return ""
        if is_own_code(sku):
            return "sku_is_ours"
        return "sku_taken" if self.skus_by_capitals.get(sku.upper(), sku) != sku else ""

    def producer(self, values: dict[str, Any]) -> Producer | None:
        return self.producers.get(fold_text(values.get("producer_name") or ""))

    def product(self, values: dict[str, Any]) -> Product | None:
        """By the shop's own number, else by a barcode of the same name, else by producer, name and pack."""
        return self.by_sku.get(values.get("sku") or "") or self.products.get(self.identity(values))

    def has(self, values: dict[str, Any]) -> bool:
        """Is what the row is mainly about in the books already?"""
        if values.get("paper_kind"):
            return self._paper(values) is not None
        if values.get("name_vi") or values.get("sku"):
            return self.product(values) is not None
        return self.producer(values) is not None

    def _paper(self, values: dict[str, Any]) -> Paper | None:
        """A row that names no producer means the one of its product; where there is no such paper, one of nobody's."""
        producer, product = self.producer(values), self.product(values)
        kind, number = values.get("paper_kind") or "recognition", fold_text(values.get("paper_number") or "")
        if producer is None and product is not None and not values.get("producer_name"):
            return self.papers.get((kind, number, product.producer_id)) or self.papers.get(
                (kind, number, None)
            )
        return self.papers.get((kind, number, producer.id if producer else None))

    def find_floor_change(self, values: dict[str, Any], changes: list[str]) -> FloorChange | None:
        """What it would change of what the gate judges goods by that were on the floor. Two people do that, on the page.

        That is dates, withdrawal, stars or the name written of a paper in the books, whatever product the row is about,
        class, kind, alcohol, name or label of a product, and a suspension that would begin later.
        """
        producer = self.producer(values)
        begins = values.get("suspended_on")
        if producer is not None and is_lifted(producer.suspended_on, begins or date.min):
            moved = (("suspended_on", producer.suspended_on, begins),)
            return FloorChange(producer.name, producer_id=producer.id, facts=moved)
        known = self.product(values)
        judged_by = [name for name in _PRODUCT_FACTS if name in changes]
        if known is not None and known.id in self.on_floor and judged_by:
            facts = tuple((_PRODUCT_FACTS[name], None, None) for name in judged_by)
            return FloorChange(known.name_vi, product_id=known.id, facts=facts)
        paper = self._paper(values) if values.get("paper_number") else None
        if paper is None or not self._concerns_floor(paper, values, changes, known):
            return None
        return FloorChange(
            paper.number, paper_id=paper.id, facts=self._list_differences(paper, values, changes, known)
        )

    def _concerns_floor(
        self, paper: Paper, values: dict[str, Any], changes: list[str], known: Product | None
    ) -> bool:
        if not set(changes) & {*_PAPER_FACTS, *_COVER_FACTS}:
            return False
        before = self.covers.get(paper.id, {})
        after = before | self._find_cover(paper, values, known.id if known else _NEW_PRODUCT)
        touched = find_touched_products(
            _to_rows(before), _to_rows(after), whole=bool(set(changes) & set(_PAPER_FACTS))
        )
        if touched is not None:
            return bool(touched & self.on_floor)
        return paper.producer_id is None or any(
            self.makers[id_] == paper.producer_id for id_ in self.on_floor
        )

    def _list_differences(
        self, paper: Paper, values: dict[str, Any], changes: list[str], known: Product | None
    ) -> tuple[tuple[str, Any, Any], ...]:
        """Each fact of the paper that the row says otherwise: its name, what the books have, what the row says."""
        stars, name_written = self.covers.get(paper.id, {}).get(
            known.id if known else _NEW_PRODUCT, (None, "")
        )
        in_books = {name: getattr(paper, name.removeprefix("paper_")) for name in _PAPER_FACTS}
        in_books |= {"stars": stars, "name_written": name_written}
        return tuple(
            (name.removeprefix("paper_"), in_books[name], values[name])
            for name in (*_PAPER_FACTS, *_COVER_FACTS)
            if name in changes and values.get(name)
        )

    def _find_cover(
        self, paper: Paper, values: dict[str, Any], product_id: int
    ) -> dict[int, tuple[int | None, str]]:
        """What the paper would say of the row's product; nothing where the row names none."""
        if product_id == _NEW_PRODUCT and not (values.get("name_vi") or values.get("sku")):
            return {}
        stars, name_written = self.covers.get(paper.id, {}).get(product_id, (None, ""))
        return {product_id: (values.get("stars") or stars, values.get("name_written") or name_written)}

    def changes(self, values: dict[str, Any]) -> list[str]:
        """Fields that the row says differently from the books. An empty cell says nothing."""
        return [*self._producer_changes(values), *self._product_changes(values), *self._paper_changes(values)]

    def _producer_changes(self, values: dict[str, Any]) -> list[str]:
        producer = self.producer(values)
        if producer is None:
            return ["producer_name"] if values.get("producer_name") else []
        known_values = {
            "producer_address": producer.address, "producer_phone": producer.phone,
            "suspended_on": producer.suspended_on, "suspended_why": producer.suspended_why,
        }  # fmt: skip
        return [name for name, now in known_values.items() if values.get(name) and values[name] != now]

    def _product_changes(self, values: dict[str, Any]) -> list[str]:
        product = self.product(values)
        if product is None:
            return ["name_vi"] if values.get("name_vi") else []
        changed = [
            name
            for name in PRODUCT_FIELDS
            if values.get(name) not in (None, "") and values[name] != getattr(product, name)
        ]
        if values.get("net_content") not in (None, (product.net_content_milli, product.net_content_unit)):
            changed.append("net_content")
        if values.get("barcode"):
            mine = {code.gtin: code.pack_milli for code in product.barcodes}
            changed += ["barcode"] * any(mine.get(gtin) != pack for gtin, pack in values["barcode"])
        if values.get("banned") and not product.banned:
            changed.append("banned")
        if values.get("alcohol") and values["alcohol"] != product.alcohol_permille:
            changed.append("alcohol")
        if values.get("price") is not None and values["price"] != self.prices.get(product.id):
            changed.append("price")
        if values.get("lot_number") and (product.id, values["lot_number"]) not in self.lots:
            changed.append("lot_number")
        if (
            values.get("place")
            and not values.get("lot_number")
            and self.places.get(fold_text(values["place"])) != product.shelf_place_id
        ):
            changed.append("place")
        return changed

    def find_before(self, values: dict[str, Any], changes: list[str]) -> dict[str, Any]:
        """What the books say of the fields that a row would change; nothing of what it would add."""
        product, producer, paper = self.product(values), self.producer(values), self._paper(values)
        before: dict[str, Any] = {}
        for name in changes:
            if name == "price" and product is not None:
                before[name] = self.prices.get(product.id)
            elif name in _PRODUCT_COLUMNS and product is not None:
                before[name] = getattr(product, _PRODUCT_FACTS.get(name, name))
            elif name in {"producer_address", "producer_phone"} and producer is not None:
                before[name] = getattr(producer, name.removeprefix("producer_"))
            elif name in _PAPER_FACTS and paper is not None:
                before[name] = getattr(paper, name.removeprefix("paper_"))
        return {name: value for name, value in before.items() if value not in (None, "")}

    def _paper_changes(self, values: dict[str, Any]) -> list[str]:
        if not values.get("paper_number"):
            return []
        paper, product = self._paper(values), self.product(values)
        if paper is None:
            return ["paper_number"]
        known_values = {
            "paper_issued": paper.issued,
            "paper_ends": paper.ends,
            "paper_issuer": paper.issuer,
            "paper_starts": paper.starts,
            "revoked_on": paper.revoked_on,
        }
        changed = [name for name, now in known_values.items() if values.get(name) and values[name] != now]
        if product is not None:
            before = self.covers.get(paper.id, {}).get(product.id)
            after = self._find_cover(paper, values, product.id)[product.id]
            if before is None or before[0] != after[0]:
                changed.append("stars")
            if before is not None and before[1] != after[1]:
                changed.append("name_written")
        return changed


def _to_rows(covers: dict[int, tuple[int | None, str]]) -> list[tuple[Any, ...]]:
    return [(product_id, *facts) for product_id, facts in covers.items()]
