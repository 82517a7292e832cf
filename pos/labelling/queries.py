"""labelling/queries.py — which goods a batch of tags is for, which tag was scanned, what is to be done at each shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hardware.symbology import LONGEST

from ..catalog.models import Product
from ..kernel.errors import NotFound, Refused
from ..kernel.reason import Reason
from ..pricing.models import Price
from ..scanning.resolve import resolve_goods, resolve_scan
from ..stock.models import Lot, Place, Zone
from ..stock.queries import get_place, list_all_places
from ..storeroom.models import ReceivingLine
from ..tags.models import Tag
from ..tags.truth import TagTruth, find_truth, list_changed_products
from ..web.numbers import parse_row_id


def list_wanted_products(
    session: Session, of: str, *, codes: str, starts: date, today: date
) -> Sequence[int]:
    """`changed` (by `starts`), `codes` (those that were scanned), `delivery:3`, `zone:ocop`, `place:2`, `change:5`, `product:7`.

    Raises NotFound (`nothing_to_tag`), and Refused as `list_scanned_products` does.
    """
    kind, _colon, which = of.partition(":")
    if kind == "changed":
        return list_changed_products(find_truth(session, starts))
    ids = {
        "delivery": lambda n: select(Lot.product_id).join(ReceivingLine, ReceivingLine.lot_id == Lot.id).where(ReceivingLine.receiving_number == n),
        "place": lambda n: select(Product.id).where(Product.shelf_place_id == n, ~Product.archived).order_by(Product.search_key),
        "change": lambda n: select(Price.product_id).where(Price.change_id == n),
        "product": lambda n: select(Product.id).where(Product.id == n),
    }  # fmt: skip
    if kind == "codes":
        return list_scanned_products(session, codes, today)
    if kind == "zone" and which in {Zone.OCOP, Zone.OTHER}:
        zone = [place.id for place in list_all_places(session) if place.zone == which]
        query = select(Product.id).where(Product.shelf_place_id.in_(zone), ~Product.archived)
        return session.scalars(query.order_by(Product.search_key)).all()
    try:
        query = ids[kind](parse_row_id(which))
    except (KeyError, ValueError):
        raise NotFound.because("nothing_to_tag") from None
    return session.scalars(query).all()


def list_scanned_products(session: Session, lines: str, today: date) -> list[int]:
    """A product for each line that says something.

    Raises Refused (`unknown_code`) with the first that nobody knows, and (`expired`) for packs whose own code says that they
    are over: they get no tag.
    """
    found = [
        item for line in lines.splitlines() if line.strip() for item in resolve_goods(session, line[:LONGEST])
    ]
    past = [item for item in found if item.ends_on is not None and item.ends_on < today]
    if past:
        raise Refused(
            *(Reason.make("expired", product=item.product.name, lot="–", ended=item.ends_on) for item in past)
        )
    return [item.product.id for item in found]


def get_tag_of_shelf(session: Session, text: str, place_id: int) -> Tag:
    """The tag that was scanned before a shelf. Raises Refused (`no_tag_code`, `tag_of_another_shelf`)."""
    tag = resolve_scan(session, text).tag
    if tag is None:
        raise Refused.because("no_tag_code", scanned=text[:60])
    if tag.place_id != place_id:
        place = get_place(session, tag.place_id).name if tag.place_id else "–"
        raise Refused.because("tag_of_another_shelf", place=place)
    return tag


@dataclass(frozen=True, slots=True)
class ShelfWork:
    """How many tags of a shelf are untrue, and how many are missing."""

    place: Place
    untrue: int
    missing: int


def list_shelf_work(session: Session, found: TagTruth) -> list[ShelfWork]:
    """Each place on the floor with what is to be done there."""
    return [
        ShelfWork(
            place,
            sum(item.tag.place_id == place.id for item in found.untrue),
            sum(item.saying.place_id == place.id for item in found.missing),
        )
        for place in list_all_places(session)
        if Zone(place.zone).on_floor
    ]
