"""tags/render.py — a batch of tags made ready for paper: the labels it consists of."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from hardware.labels.label import Label
from hardware.slips.slip import Card, Cut, Slip

from ..catalog.models import KitPart, Product
from ..producers.models import Producer
from ..stock.address import format_lot_address
from ..stock.models import Lot
from .content import TagContent
from .designs import LotContent, TagDrawing, TagStyle, draw_tag
from .models import Design, Tag


def make_labels(
    session: Session,
    tags: Sequence[tuple[Tag, TagContent]],
    look: TagStyle,
    *,
    reason: str = "",
    weight_milli: int = 0,
) -> list[Label]:
    """Each tag as it was noted, whatever has changed since: what the books have is what hangs."""
    in_sets = _list_contents(
        session, [tag.product_id for tag, _says in tags if tag.design == Design.GIFT_CARD]
    )
    return [
        draw_tag(
            Design(tag.design),
            _make_drawing(session, tag, says, look, reason, weight_milli, in_sets.get(tag.product_id, ())),
            look,
        )
        for tag, says in tags
    ]


def make_slip(cards: Iterable[Label]) -> Slip:
    """Labels one after the other, each cut off."""
    return Slip(tuple(row for card in cards for row in (Card(card), Cut())))


def _make_drawing(
    session: Session, tag: Tag, says: TagContent, look: TagStyle, reason: str, weight_milli: int,
    in_set: Sequence[tuple[str, str]],
) -> TagDrawing:  # fmt: skip
    noted = replace(
        says, name=tag.name, price_vnd=tag.price_vnd, unit_price_vnd=tag.unit_price_vnd, stars=tag.stars,
        certificate=tag.certificate, certificate_ends=tag.certificate_ends, maker=tag.maker, zone=tag.zone,
    )  # fmt: skip
    return TagDrawing(
        tag.id, noted, tag.trace_code, tag.old_price_vnd, tag.until, reason, _make_lot_content(session, tag, says, look), weight_milli,
        tag.is_reprint, tuple(in_set) if tag.design == Design.GIFT_CARD else (),
    )  # fmt: skip


def _make_lot_content(session: Session, tag: Tag, says: TagContent, look: TagStyle) -> LotContent | None:
    lot = session.get(Lot, tag.lot_id) if tag.lot_id else None
    if lot is None:
        return None
    gtins = [says.gtin] if says.gtin else []
    return LotContent(lot.number, lot.made_on, lot.expires_on, format_lot_address(look.base_url, lot, gtins))


def _list_contents(session: Session, sets: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """What is in each gift set, and who made it."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    query = (
        select(KitPart.kit_id, Product, Producer.name, KitPart.quantity_milli)
        .join(KitPart, KitPart.part_id == Product.id)
        .join(Producer, Producer.id == Product.producer_id)
        .where(KitPart.kit_id.in_(sets))
        .order_by(Product.search_key)
    )
    for set_id, product, maker, quantity_milli in session.execute(query) if sets else ():
        found[set_id].append((f"{quantity_milli // 1000} × {product.name}", maker))
    return found
