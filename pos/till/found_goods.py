"""till/found_goods.py — what the list below the search box shows of goods: price, stock on the floor, the gate's word."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ..admission.gate import NEEDS, Act, judge
from ..admission.goods import GoodsQuery, assemble_goods
from ..admission.policy import make_policy
from ..catalog.models import GoodsKind, Product
from ..catalog.products import search_products
from ..shop.models import get_shop
from ..stock.queries import list_lots_on_floor_of

MOST_FOUND = 12


@dataclass(frozen=True, slots=True)
class FoundGoods:
    """`on_floor_milli`: None where goods have no stock, as a service. `is_refused`: there are some, and none may be sold."""

    product: Product
    price_vnd: int | None
    on_floor_milli: int | None
    is_refused: bool


def find_goods(session: Session, words: str, on: date) -> list[FoundGoods]:
    """The goods that the words find, best first: the same number of statements however many there are."""
    products = search_products(session, words, limit=MOST_FOUND)
    lots: dict[int, list[Any]] = defaultdict(list)
    for row in list_lots_on_floor_of(session, [product.id for product in products]):
        lots[row.product_id].append(row)
    wanted = [query for product in products for query in _make_queries(product, lots[product.id])]
    policy = make_policy(get_shop(session))
    judged = [(goods, judge(goods, Act.SELL, policy, on)) for goods in assemble_goods(session, wanted, on)]
    found = []
    for product in products:
        mine, judged = judged[: len(lots[product.id]) or 1], judged[len(lots[product.id]) or 1 :]
        has_lots = NEEDS[GoodsKind(product.kind)].lot
        found.append(
            FoundGoods(
                product,
                mine[0][0].price_vnd,
                sum(row.quantity_milli for row in lots[product.id]) if has_lots else None,
                is_refused=bool(lots[product.id] or not has_lots)
                and not any(verdict.admitted for _goods, verdict in mine),
            )
        )
    return found


def _make_queries(product: Product, rows: Sequence[Any]) -> list[GoodsQuery]:
    """Each lot on the floor; where there is none, the product alone, for its price."""
    return [GoodsQuery(product.id, row.id, row.place_id) for row in rows] or [GoodsQuery(product.id)]
