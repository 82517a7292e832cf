"""inspection/floor.py — each good on the floor: its lot, the note it came with, its papers, its listed price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..admission.dossier import DossierCell, judge_paper
from ..admission.gate import Act, Verdict, judge, stars_in_force
from ..admission.goods import GoodsQuery, assemble_goods
from ..admission.models import Paper, PaperKind
from ..admission.papers import list_papers_by_product
from ..admission.policy import make_policy
from ..catalog.models import GoodsKind, Product
from ..files.models import StoredFile
from ..kernel.text import fold_text
from ..producers.models import Producer
from ..shop.models import get_shop
from ..stock.models import Lot, OnHand, Place
from ..stock.queries import FLOOR
from ..storeroom.models import Receiving, ReceivingLine
from ..storeroom.notes import list_scans

_SHOWN_FIRST = (PaperKind.RECOGNITION, PaperKind.FOOD_SAFETY, PaperKind.DECLARATION)


@dataclass(frozen=True, slots=True)
class FloorGoods:
    """A lot at a place on the floor, with what an inspector asks for."""

    product: Product
    producer: str
    lot: Lot
    place: str
    quantity_milli: int
    price_vnd: int | None
    stars: int
    verdict: Verdict
    receiving: Receiving | None
    note_scans: Sequence[StoredFile]
    papers: Sequence[DossierCell]


def list_floor_goods(session: Session, on: date) -> list[FloorGoods]:
    """Everything that stands on the shop floor now, by place and name."""
    rows = session.execute(
        select(Lot, Product, Producer.name.label("producer"), Place.id.label("place_id"), Place.name.label("place"), OnHand.quantity_milli)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .join(Product, Product.id == Lot.product_id)
        .join(Producer, Producer.id == Product.producer_id)
        .where(OnHand.quantity_milli > 0, Place.zone.in_(FLOOR))
        .order_by(Place.code, Product.search_key, Lot.expires_on, Lot.id)
    ).all()  # fmt: skip
    goods = assemble_goods(
        session, [GoodsQuery(row.Product.id, row.Lot.id, row.place_id) for row in rows], on
    )
    policy = make_policy(get_shop(session))
    papers = list_papers_by_product(session, [row.Product for row in rows])
    came_with = _list_receivings(session, [row.Lot.id for row in rows])
    scans = list_scans(session, [receiving.number for receiving in came_with.values()])
    return [
        FloorGoods(
            product=row.Product, producer=row.producer, lot=row.Lot, place=row.place, quantity_milli=row.quantity_milli,
            price_vnd=item.price_vnd, stars=stars_in_force(item, on), verdict=judge(item, Act.SHELVE, policy, on),
            receiving=(receiving := came_with.get(row.Lot.id)),
            note_scans=scans.get(receiving.number, ()) if receiving else (),
            papers=[judge_paper(paper, policy, on, row.Product) for paper in sorted(papers[row.Product.id], key=_paper_order)],
        )
        for row, item in zip(rows, goods, strict=True)
    ]  # fmt: skip


def filter_floor_goods(goods: Sequence[FloorGoods], words: str, *, only_stopped: bool) -> list[FloorGoods]:
    """Those with every word typed in their names or in the numbers of lot, document and papers; or those of them that may not be sold."""
    wanted = fold_text(words).split()
    return [
        item
        for item in goods
        if not (only_stopped and item.verdict.admitted) and all(word in _make_key(item) for word in wanted)
    ]


def _make_key(item: FloorGoods) -> str:
    note = item.receiving.delivery_note if item.receiving else ""
    numbers = " ".join(cell.paper.number for cell in item.papers if cell.paper)
    return fold_text(
        f"{item.product.name} {item.product.sku} {item.producer} {item.lot.number} {note} {numbers}"
    )


def _paper_order(paper: Paper) -> tuple[int, str]:
    kind = PaperKind(paper.kind)
    return (_SHOWN_FIRST.index(kind) if kind in _SHOWN_FIRST else len(_SHOWN_FIRST), paper.number)


def _list_receivings(session: Session, lot_ids: Sequence[int]) -> dict[int, Receiving]:
    """The newest receiving of each lot that was not taken back."""
    undone = select(Receiving.reverses).where(Receiving.reverses.is_not(None))
    rows = session.execute(
        select(ReceivingLine.lot_id, Receiving)
        .join(Receiving, Receiving.number == ReceivingLine.receiving_number)
        .where(
            ReceivingLine.lot_id.in_(lot_ids), Receiving.reverses.is_(None), Receiving.number.not_in(undone)
        )
        .order_by(Receiving.number)
    )
    return {lot_id: receiving for lot_id, receiving in rows}  # noqa: C416  a row is no pair to mypy


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """A line of the price list (bảng niêm yết)."""

    product: Product
    producer: str
    stars: int
    price_vnd: int


def list_prices(session: Session, on: date) -> list[ListedPrice]:
    """What may be bought today with its listed price: goods on the floor that the gate admits, and services.

    Prices are in đồng, tax included, per piece or kilogram (law on prices 16/2023/QH15, art. 29).
    """
    listed: dict[int, ListedPrice] = {}
    for item in list_floor_goods(session, on):
        if item.verdict.admitted and item.price_vnd is not None:
            listed.setdefault(
                item.product.id, ListedPrice(item.product, item.producer, item.stars, item.price_vnd)
            )
    for service in _list_services(session, on):
        listed.setdefault(service.product.id, service)
    return sorted(listed.values(), key=lambda price: (price.product.group_code, price.product.search_key))


def _list_services(session: Session, on: date) -> list[ListedPrice]:
    rows: Sequence[Any] = session.execute(
        select(Product, Producer.name)
        .join(Producer, Producer.id == Product.producer_id)
        .where(Product.kind == GoodsKind.SERVICE, ~Product.archived)
    ).all()
    policy = make_policy(get_shop(session))
    goods = assemble_goods(session, [GoodsQuery(product.id) for product, _ in rows], on)
    return [
        ListedPrice(product, producer, stars_in_force(item, on), item.price_vnd)
        for (product, producer), item in zip(rows, goods, strict=True)
        if item.price_vnd is not None and judge(item, Act.SHELVE, policy, on).admitted
    ]
