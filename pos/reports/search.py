"""reports/search.py — one box for everything: a name, a code, a lot, a slip's number, a paper, a producer."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..admission.models import Paper
from ..catalog.models import Product
from ..catalog.products import search_products
from ..identity.models import Person
from ..identity.people import list_persons_named
from ..kernel.tables import contains_words
from ..producers.models import Producer
from ..sales.models import Sale
from ..scanning.resolve import ScanResult, resolve_scan
from ..stock.models import Lot

MOST = 12


@dataclass(frozen=True, slots=True)
class SearchResults:
    products: Sequence[Product]
    lots: Sequence[tuple[Lot, Product]]
    sales: Sequence[Sale]
    papers: Sequence[Paper]
    producers: Sequence[Producer]
    people: Sequence[Person] = ()

    @property
    def any(self) -> bool:
        return bool(self.products or self.lots or self.sales or self.papers or self.producers or self.people)


def search_shop(session: Session, typed: str, *, for_manager: bool) -> SearchResults:
    """Everything that the words or the code could mean; receipts and people only for a manager."""
    typed = typed.strip()
    if not typed:
        return SearchResults((), (), (), (), ())
    found = resolve_scan(session, typed)
    products = found.products or list(search_products(session, typed, limit=MOST, archived=True))
    return SearchResults(products, _lots(session, found.code.lot or typed), _sales(session, found) if for_manager else (),
                 _papers(session, typed), _producers(session, typed),
                 list_persons_named(session, typed)[:MOST] if for_manager else ())  # fmt: skip


def _lots(session: Session, words: str) -> list[tuple[Lot, Product]]:
    query = (
        select(Lot, Product)
        .join(Product, Product.id == Lot.product_id)
        .where(Lot.number.icontains(words, autoescape=True) | (Lot.trace_code == words))
        .order_by(Lot.id.desc())
        .limit(MOST)
    )
    return [(lot, product) for lot, product in session.execute(query)]


def _sales(session: Session, found: ScanResult) -> Sequence[Sale]:
    """By the receipt's barcode, its bare number, or the random code of its page."""
    bare = int(found.text) if found.text.isascii() and found.text.isdigit() and len(found.text) < 13 else -1
    number = bare if found.receipt is None else found.receipt
    return session.scalars(
        select(Sale).where((Sale.number == number) | (Sale.receipt_code == found.text))
    ).all()


def _papers(session: Session, words: str) -> Sequence[Paper]:
    query = select(Paper).where(Paper.number.icontains(words, autoescape=True))
    return session.scalars(query.order_by(Paper.ends.desc()).limit(MOST)).all()


def _producers(session: Session, words: str) -> Sequence[Producer]:
    named = contains_words(Producer.search_key, words)
    return session.scalars(select(Producer).where(*named).limit(MOST)).all() if named else ()
