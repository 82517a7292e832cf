"""tags/content.py — what a tag of a product would say on a business day, and the gate's word on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from hardware.symbology import format_gtin

from ..admission.gate import CLASS_PAPER, Act, Goods, Policy, judge, stars_in_force
from ..admission.goods import GoodsQuery, assemble_goods
from ..admission.policy import make_policy
from ..catalog.models import Barcode, GoodsClass, GoodsKind, Product, ProductGroup
from ..kernel.quantity import Content, Unit, unit_price_vnd
from ..kernel.reason import Reason
from ..producers.models import Producer
from ..shop.models import get_shop
from ..stock.address import IN_STORE
from ..stock.models import Lot, OnHand, Place, Zone

One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class TagContent:
    """All that a tag could say of a product. `refusals`: why there may be none of it; () where there may.

    `unit_price_vnd` is that of a kilogram or litre (`measure`), None where the content is counted. `code`: its bars.
    """

    product_id: int
    sku: str
    name: str
    name_en: str
    price_vnd: int
    unit_price_vnd: int | None
    measure: str
    is_weighed: bool
    stars: int
    certificate: str
    certificate_ends: date | None
    group: str
    producer: str
    maker: str
    place_id: int | None
    place: str
    zone: str
    gtin: str
    code: str
    refusals: tuple[Reason, ...]


def list_tag_contents(
    session: Session, product_ids: Iterable[int], on: date, *, lot_id: int | None = None
) -> dict[int, TagContent]:
    """By product; archived ones, which nobody sells, are left out. `lot_id`: the one lot that is meant."""
    rows = _load_rows(session, set(product_ids))
    judged = _judge_products(session, [row.id for row in rows], on, lot_id)
    codes = _list_gtins(session, [row.id for row in rows])
    return {row.id: _make_content(row, *judged[row.id], codes.get(row.id, ""), on) for row in rows}


def _load_rows(session: Session, ids: set[int]) -> Sequence[Any]:
    found: list[Any] = []
    query = (
        select(
            Product.id, Product.sku, Product.name_en, Product.unit, Product.net_content_milli,
            Product.net_content_unit, Product.shelf_place_id, ProductGroup.name_vi.label("group"),
            Producer.name.label("producer"), Producer.address, Place.name.label("place"), Place.zone,
        )
        .join(Producer, Producer.id == Product.producer_id)
        .join(ProductGroup, ProductGroup.code == Product.group_code)
        .outerjoin(Place, Place.id == Product.shelf_place_id)
        .where(~Product.archived)
    )  # fmt: skip
    for id_batch in _split(sorted(ids)):
        found += session.execute(query.where(Product.id.in_(id_batch))).all()
    return found


def _split(many: list[One], size: int = 5000) -> Iterable[list[One]]:
    """No database takes any number of parameters at once."""
    return (many[at : at + size] for at in range(0, len(many), size))


def _judge_products(
    session: Session, ids: list[int], on: date, lot_id: int | None
) -> dict[int, tuple[Goods, tuple[Reason, ...]]]:
    """Each product's goods, and why no tag may be hung up for them.

    A shelf's tag names no lot: it may hang if one lot on hand is admissible. The lot that ends last is asked
    first, because it mostly is, and the others only where it is not.
    """
    policy = make_policy(get_shop(session))
    lots = {id_: [lot_id] for id_ in ids} if lot_id else _list_lots_on_hand(session, ids)
    found: dict[int, tuple[Goods, tuple[Reason, ...]]] = {}
    asked = [GoodsQuery(id_, lots[id_][0] if id_ in lots else None) for id_ in ids]
    for part in _split(asked):
        for want, goods in zip(part, assemble_goods(session, part, on), strict=True):
            found[want.product_id] = goods, judge(goods, Act.TAG, policy, on).refusals
    others = [
        GoodsQuery(id_, lot) for id_, (_goods, no) in found.items() if no for lot in lots.get(id_, [])[1:]
    ]
    for id_ in _find_admissible(session, others, policy, on):
        found[id_] = found[id_][0], ()
    return found


def _find_admissible(session: Session, wanted: list[GoodsQuery], policy: Policy, on: date) -> set[int]:
    """The products of which one of these lots may be tagged."""
    return {
        want.product_id
        for part in _split(wanted)
        for want, goods in zip(part, assemble_goods(session, part, on), strict=True)
        if judge(goods, Act.TAG, policy, on).admitted
    }


def _list_lots_on_hand(session: Session, ids: list[int]) -> dict[int, list[int]]:
    """Lots of each product that lie on the floor or in the store room, the one that ends last first."""
    found: dict[int, list[int]] = {}
    query = (
        select(Lot.product_id, Lot.id)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .where(OnHand.quantity_milli > 0, Place.zone != Zone.QUARANTINE)
        .order_by(Lot.expires_on.is_not(None), Lot.expires_on.desc(), Lot.id.desc())
    )
    for part in _split(ids):
        for product_id, lot_id in session.execute(query.where(Lot.product_id.in_(part))):
            lots = found.setdefault(product_id, [])
            if lot_id not in lots:
                lots.append(lot_id)
    return found


def _list_gtins(session: Session, ids: list[int]) -> dict[int, str]:
    """The code of one piece, as it stands on the pack."""
    found: dict[int, str] = {}
    for part in _split(ids):
        query = select(Barcode.product_id, Barcode.gtin).where(
            Barcode.product_id.in_(part), Barcode.pack_milli == 1000
        )
        found |= dict(session.execute(query.order_by(Barcode.gtin.desc())).tuples().all())
    return found


def _make_content(row: Any, goods: Goods, refusals: tuple[Reason, ...], gtin: str, on: date) -> TagContent:
    certificate = _find_certificate(goods, on)
    price = goods.price_vnd or 0
    weighed = goods.unit is Unit.KG
    content = Content(row.net_content_unit)
    return TagContent(
        product_id=row.id, sku=row.sku, name=goods.name, name_en=goods.name_en, price_vnd=price,
        unit_price_vnd=price if weighed else unit_price_vnd(price, row.net_content_milli, content),
        measure="l" if content is Content.ML and not weighed else "kg", is_weighed=weighed,
        stars=stars_in_force(goods, on) if goods.goods_class is GoodsClass.OCOP else 0,
        certificate=certificate[0], certificate_ends=certificate[1], group=row.group, producer=row.producer,
        maker=" · ".join(filter(None, (row.producer, row.address))), place_id=row.shelf_place_id, place=row.place or "", zone=row.zone or "",
        gtin=gtin, code=_barcode_content(gtin, row.sku), refusals=refusals,
    )  # fmt: skip


def _barcode_content(gtin: str, sku: str) -> str:
    """The pack's own code where that means the same everywhere, so that tag and pack scan alike; else the shop's number."""
    digits = format_gtin(gtin) if gtin else ""
    return digits if len(digits) in {8, 13} and not digits.startswith(IN_STORE) else sku


def _find_certificate(goods: Goods, on: date) -> tuple[str, date | None]:
    """The paper of its class that holds on the day: its number and its end; a gift set has none of its own."""
    if goods.kind is GoodsKind.KIT:
        return "", None
    good = [
        paper
        for paper in goods.papers
        if paper.kind is CLASS_PAPER[goods.goods_class] and paper.is_in_force(on)
    ]
    newest = max(good, key=lambda paper: (paper.stars or 0, paper.ends or date.max), default=None)
    return (newest.number, newest.ends) if newest else ("", None)


def most_stars(session: Session, on: date) -> int:
    """The most stars that admissible goods of the OCOP shelves have on a day; 0 where none has any."""
    query = select(Product.id).join(Place, Place.id == Product.shelf_place_id).where(Place.zone == Zone.OCOP)
    contents = list_tag_contents(session, session.scalars(query), on)
    return max((says.stars for says in contents.values() if not says.refusals), default=0)
