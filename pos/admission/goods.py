"""admission/goods.py — the one assembler of `Goods`, for every act alike. Reads; decides nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, Date, bindparam, exists, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from ..catalog.models import GoodsClass, GoodsKind, Product
from ..kernel.quantity import Unit
from ..law.paper_terms import is_undated, lawful_end
from ..pricing.prices import price_in_force, price_on_shelf
from ..producers.models import Producer
from ..shop.models import get_shop
from ..stock.models import SOURCES, KitLotPart, Lot, MoveKind, OnHand, Place, StockMove, Zone
from ..stock.queries import active_hold_code
from .gate import Act, Goods, LotFacts, PaperFacts, Verdict, judge
from .labels import list_missing_entries
from .models import NAMES_PRODUCTS, Paper, PaperCover, PaperKind
from .policy import make_policy

# Statements are made once: composing them anew for each scan took ten times as long as running them.
_PRODUCTS = (
    select(
        Product.id,
        Product.name_vi,
        Product.name_en,
        Product.pack,
        Product.goods_class,
        Product.kind,
        Product.unit,
        Product.vat_category,
        Product.producer_id,
        Product.banned,
        Product.label_entries,
        Product.alcohol_permille,
        Producer.suspended_on,
        price_in_force(Product.id, bindparam("on", type_=Date)).label("price_vnd"),
        price_on_shelf(Product.id).label("shelf_price_vnd"),
        active_hold_code(product_id=Product.id).label("held"),
    )
    .join(Producer, Producer.id == Product.producer_id)
    .where(Product.id.in_(bindparam("ids", expanding=True)))
)

_LOTS = (
    select(
        Lot.id,
        Lot.number,
        Lot.producer_id,
        Lot.origin_place,
        Lot.made_on,
        Lot.expires_on,
        Lot.delivery_note,
        Lot.markdown_bp,
        OnHand.place_id,
        OnHand.quantity_milli,
        Place.zone,
        select(func.coalesce(func.sum(StockMove.quantity_milli), 0))
        .where(StockMove.lot_id == Lot.id, StockMove.kind.in_((*SOURCES, MoveKind.REVERSED)))
        .scalar_subquery()
        .label("came_in_milli"),
        active_hold_code(lot_id=Lot.id).label("held"),
    )
    .outerjoin(OnHand, OnHand.lot_id == Lot.id)
    .outerjoin(Place, Place.id == OnHand.place_id)
    .where(Lot.id.in_(bindparam("ids", expanding=True)))
)

_FACTS = (
    Paper.kind,
    Paper.number,
    Paper.issued,
    Paper.starts,
    Paper.ends,
    Paper.revoked_on,
    Paper.producer_id,
)
_NAMES_NONE = ~exists().where(PaperCover.paper_id == Paper.id)
_OF_ALL_GOODS = select(
    *_FACTS, null().label("product_id"), null().label("stars"), literal("").label("name_written")
)
_PAPERS: CompoundSelect[Any] = (
    union_all(  # three selects that each have their index; one with OR and an outer join reads every paper
        select(*_FACTS, PaperCover.product_id, PaperCover.stars, PaperCover.name_written)
        .join(PaperCover, PaperCover.paper_id == Paper.id)
        .where(PaperCover.product_id.in_(bindparam("ids", expanding=True))),
        _OF_ALL_GOODS.where(Paper.producer_id.in_(bindparam("producers", expanding=True)), _NAMES_NONE),
        _OF_ALL_GOODS.where(Paper.producer_id.is_(None), _NAMES_NONE),
    )
)


@dataclass(frozen=True, slots=True)
class GoodsQuery:
    """One thing to be judged: a product, and for most the lot and the place it lies at."""

    product_id: int
    lot_id: int | None = None
    place_id: int | None = None
    asked_milli: int = 0


def assemble_goods(session: Session, wanted: Sequence[GoodsQuery], on: date) -> list[Goods]:
    """The goods in the order wanted; three queries however many they are, and none for none."""
    if not wanted:
        return []
    products = _load_products(session, {want.product_id for want in wanted}, on)
    lots = _load_lots(session, {want.lot_id for want in wanted if want.lot_id is not None})
    papers = _load_papers(session, products.values(), on)
    found = [
        _make_goods(want, products[want.product_id], lots, papers[want.product_id], on) for want in wanted
    ]
    kits = {
        want.lot_id
        for want, goods in zip(wanted, found, strict=True)
        if goods.kind is GoodsKind.KIT and want.lot_id is not None
    }
    if not kits:
        return found
    parts = _list_parts(session, kits, on)
    return [
        replace(goods, parts=parts.get(want.lot_id or 0, ()))
        for want, goods in zip(wanted, found, strict=True)
    ]


def _list_parts(session: Session, kit_lots: set[int], on: date) -> dict[int, tuple[Goods, ...]]:
    """The component lots of gift sets, by the set's lot."""
    rows = session.execute(
        select(KitLotPart.kit_lot_id, Lot.product_id, Lot.id)
        .join(Lot, Lot.id == KitLotPart.part_lot_id)
        .where(KitLotPart.kit_lot_id.in_(kit_lots))
        .order_by(Lot.id)
    ).all()
    goods = assemble_goods(session, [GoodsQuery(product_id, lot_id) for _kit, product_id, lot_id in rows], on)
    found: dict[int, tuple[Goods, ...]] = {}
    for (kit, *_rest), part in zip(rows, goods, strict=True):
        found[kit] = (*found.get(kit, ()), part)
    return found


def judge_goods(session: Session, wanted: Sequence[GoodsQuery], act: Act, on: date) -> list[Verdict]:
    """The gate's word on each, under the shop's policy of the moment."""
    policy = make_policy(get_shop(session))
    return [judge(goods, act, policy, on) for goods in assemble_goods(session, wanted, on)]


def judge_products(session: Session, product_ids: Sequence[int], act: Act, on: date) -> dict[int, Verdict]:
    """What the gate would say of each product if it came with a good lot: shown before anything is typed."""
    verdicts = judge_goods(session, [GoodsQuery(product_id) for product_id in product_ids], act, on)
    return {
        product_id: Verdict(tuple(r for r in verdict.refusals if r.code != "no_lot"), verdict.warnings)
        for product_id, verdict in zip(product_ids, verdicts, strict=True)
    }


def _load_products(session: Session, ids: set[int], on: date) -> dict[int, Any]:
    return {row.id: row for row in session.execute(_PRODUCTS, {"ids": list(ids), "on": on})}


def _load_lots(session: Session, ids: set[int]) -> dict[tuple[int, int | None], Any]:
    """By lot and place; with place None: the lot by itself."""
    found: dict[tuple[int, int | None], Any] = {}
    for row in session.execute(_LOTS, {"ids": list(ids)}) if ids else ():
        found[row.id, row.place_id] = row
        found[row.id, None] = row
    return found


def _load_papers(session: Session, products: Iterable[Any], on: date) -> dict[int, list[PaperFacts]]:
    """Papers that name the product, papers of its producer that name none, and the shop's own.

    None holds longer than its kind may by law (`law/paper_terms.py: lawful_end`), whatever end the books have, or none;
    one without any day to count from is left out.
    """
    by_producer: dict[int, list[int]] = defaultdict(list)
    for product in products:
        by_producer[product.producer_id].append(product.id)
    ids = [id_ for made in by_producer.values() for id_ in made]
    found: dict[int, list[PaperFacts]] = {id_: [] for id_ in ids}
    for row in session.execute(_PAPERS, {"ids": ids, "producers": list(by_producer)}):
        if is_undated(row.kind, row.issued, row.starts, row.ends):
            continue
        facts = PaperFacts(
            PaperKind(row.kind), row.number, row.starts,
            lawful_end(row.kind, row.issued, row.starts, row.ends, on), row.revoked_on,
            row.producer_id, row.stars, row.name_written or "",
        )  # fmt: skip
        if row.product_id is not None:
            covered = [row.product_id]
        elif facts.kind in NAMES_PRODUCTS:
            continue
        elif row.producer_id is not None:
            covered = by_producer[row.producer_id]
        else:
            covered = ids if row.kind.startswith("shop_") else []
        for id_ in covered:
            found[id_].append(facts)
    return found


def _make_goods(
    want: GoodsQuery,
    product: Any,
    lots: dict[tuple[int, int | None], Any],
    papers: list[PaperFacts],
    on: date,
) -> Goods:
    kind = GoodsKind(product.kind)
    lot = None if want.lot_id is None else lots.get((want.lot_id, want.place_id)) or lots[want.lot_id, None]
    at_place = lot is not None and want.place_id is not None and lot.place_id == want.place_id
    return Goods(
        name=f"{product.name_vi} {product.pack}".strip(),
        goods_class=GoodsClass(product.goods_class),
        kind=kind,
        producer_id=product.producer_id,
        papers=tuple(papers),
        lot=None if lot is None else _lot_facts(lot),
        price_vnd=product.price_vnd,
        name_en=f"{product.name_en} {product.pack}".strip() if product.name_en else "",
        unit=Unit(product.unit),
        vat_category=product.vat_category,
        zone=Zone(lot.zone) if lot is not None and at_place else None,
        pack=product.pack,
        producer_suspended=product.suspended_on is not None and product.suspended_on <= on,
        banned=product.banned,
        held_because=product.held,
        missing_label_entries=list_missing_entries(kind, product.label_entries),
        alcohol_permille=product.alcohol_permille,
        shelf_price_vnd=product.shelf_price_vnd,
        on_hand_milli=None if lot is None else (lot.quantity_milli if at_place else 0),
        asked_milli=want.asked_milli,
    )


def _lot_facts(lot: Any) -> LotFacts:
    return LotFacts(
        number=lot.number,
        producer_id=lot.producer_id,
        origin_place=lot.origin_place,
        made_on=lot.made_on,
        expires_on=lot.expires_on,
        delivery_note=lot.delivery_note,
        chain_whole=lot.came_in_milli > 0 and (lot.quantity_milli or 0) >= 0,
        held_because=lot.held,
        markdown_bp=lot.markdown_bp or 0,
    )
