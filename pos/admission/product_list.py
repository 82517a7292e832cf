"""admission/product_list.py — the shop's products with what a manager asks of each: price, stock, papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from ..catalog.models import Product
from ..kernel.tables import contains_words
from ..pricing.prices import price_in_force
from ..producers.models import Producer
from ..shop.models import get_shop
from ..stock.models import Lot, OnHand
from .dossier import DossierCell, PaperState, list_needed_kinds, make_dossier_cell
from .papers import list_papers_by_product
from .policy import make_policy

_WORST = tuple(reversed(PaperState))
SORTS = ("name", "producer", "price", "stock")
IN_STOCK, NOT_IN_STOCK = "some", "none"


@dataclass(frozen=True, slots=True)
class ListedProduct:
    """A product as the list shows it. `paper`: the paper that stands worst; None for goods that need none."""

    product: Product
    producer: str
    price_vnd: int | None
    on_hand_milli: int
    paper: DossierCell | None


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """What was asked for; empty text asks nothing. `paper`: a state, of the worst paper; `stock`: "some" or "none"."""

    words: str = ""
    group_code: str = ""
    producer_id: int | None = None
    paper: str = ""
    stock: str = ""
    sort: str = "name"
    is_descending: bool = False


def list_shop_products(
    session: Session, asked: ProductFilter, on: date, *, offset: int = 0, limit: int = 100
) -> list[ListedProduct]:
    """The products asked for; those that are sold no more last, whatever the order."""
    query = _make_query(asked, on)
    if asked.paper:  # known only once the papers are read
        found = [item for item in _read(session, query, on) if item.paper and item.paper.state == asked.paper]
        return found[offset : offset + limit]
    return _read(session, query.offset(offset).limit(limit), on)


def _make_query(asked: ProductFilter, on: date) -> Select[tuple[Product, str, int, int]]:
    price = price_in_force(Product.id, on)
    on_hand = (
        select(func.coalesce(func.sum(OnHand.quantity_milli), 0))
        .join(Lot, Lot.id == OnHand.lot_id)
        .where(Lot.product_id == Product.id)
        .scalar_subquery()
    )
    orders: dict[str, Any] = {
        "name": Product.search_key, "producer": Producer.search_key, "price": price, "stock": on_hand,
    }  # fmt: skip
    order = orders.get(asked.sort, Product.search_key)
    query = (
        select(Product, Producer.name.label("producer"), price.label("price"), on_hand.label("on_hand"))
        .join(Producer, Producer.id == Product.producer_id)
        .options(selectinload(Product.barcodes))
        .where(*contains_words(Product.search_key, asked.words))
        .order_by(
            Product.archived, order.desc() if asked.is_descending else order, Product.search_key, Product.id
        )
    )
    if asked.group_code:
        query = query.where(Product.group_code == asked.group_code)
    if asked.producer_id:
        query = query.where(Product.producer_id == asked.producer_id)
    if asked.stock == IN_STOCK:
        query = query.where(on_hand > 0)
    elif asked.stock == NOT_IN_STOCK:
        query = query.where(on_hand <= 0)
    return query


def _read(session: Session, query: Select[tuple[Product, str, int, int]], on: date) -> list[ListedProduct]:
    rows = session.execute(query).all()
    worst = _find_worst_papers(session, [row.Product for row in rows], on)
    return [
        ListedProduct(row.Product, row.producer, row.price, int(row.on_hand), worst.get(row.Product.id))
        for row in rows
    ]


def _find_worst_papers(session: Session, products: Sequence[Product], on: date) -> dict[int, DossierCell]:
    """The paper of each product that stands worst; of several, the one that ends first."""
    if not products:
        return {}
    policy, papers = make_policy(get_shop(session)), list_papers_by_product(session, products)
    worst: dict[int, DossierCell] = {}
    for product in products:
        cells = [
            make_dossier_cell(kind, papers[product.id], policy, on, product)
            for kind in list_needed_kinds(product, policy)
        ]
        if cells:
            worst[product.id] = min(cells, key=lambda cell: (_WORST.index(cell.state), cell.ends or date.max))
    return worst
