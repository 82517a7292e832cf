"""tags/truth.py — which tags on the shelves no longer say what holds, which are missing, and what to do about each.

Nothing is written when a price or a paper changes: the truth of a tag is a reading of what it said and what holds.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..kernel.reason import Reason
from ..stock.models import Lot, OnHand, Place
from ..stock.queries import FLOOR
from .content import TagContent, list_tag_contents
from .models import Design, Tag, TagSeen

TAKE_DOWN = frozenset({"stopped", "not_sold", "over"})  # nothing may hang there instead


@dataclass(frozen=True, slots=True)
class HangingTag:
    """A tag that hangs on a shelf, and why it is untrue; () for a true one. `refusals`: what the gate says."""

    tag: Any
    why: tuple[str, ...]
    refusals: tuple[Reason, ...]
    place: str
    seen_at: datetime
    ready: int | None = None

    @property
    def is_true(self) -> bool:
        return not self.why

    @property
    def needs_taking_down(self) -> bool:
        """It is taken down, and no other takes its place."""
        return bool(TAKE_DOWN & set(self.why))


@dataclass(frozen=True, slots=True)
class MissingTag:
    """Goods for sale on a shelf that no tag speaks of. `ready`: a tag that is printed and only has to be hung."""

    saying: TagContent
    ready: int | None


@dataclass(frozen=True, slots=True)
class TagTruth:
    """All shelves at one moment, each list in walking order: by shelf, then by name."""

    hanging: Sequence[HangingTag]
    missing: Sequence[MissingTag]

    @property
    def untrue(self) -> list[HangingTag]:
        return [item for item in self.hanging if not item.is_true]

    @property
    def true_bp(self) -> int:
        """The share of shelf places whose tag is true, in basis points; 10,000 for an empty shop."""
        places = len(self.hanging) + len(self.missing)
        return 10_000 * (len(self.hanging) - len(self.untrue)) // places if places else 10_000


# What a tag says that must hold, and what it is called when it doesn't.
_SAYS = {
    "place_id": "moved", "price_vnd": "price", "unit_price_vnd": "price", "name": "name", "maker": "maker", "code": "code",
    "certificate": "certificate", "certificate_ends": "certificate", "stars": "stars", "zone": "zone",
}  # fmt: skip
_says, _WHY = attrgetter(*_SAYS), tuple(_SAYS.values())


def list_untruths(tag: Any, now: TagContent | None, on: date) -> tuple[str, ...]:
    """Why a tag says what doesn't hold on the day; () where it is true. Pure.

    `not_sold`, `stopped`, `over`: it is to go; `early`, `moved`, `price` (of the pack, or of a kilogram), `name`, `maker`, `code`, `certificate`,
    `stars`, `zone`: another takes its place.
    """
    if now is None:
        return ("not_sold",)
    if now.refusals:
        return ("stopped",)
    if tag.until is not None and tag.until < on:
        return ("over",)
    differs = (code for code, says, holds in zip(_WHY, _says(tag), _says(now), strict=True) if says != holds)
    return tuple(dict.fromkeys((*(("early",) if tag.starts > on else ()), *differs)))


def find_truth(
    session: Session, on: date, *, place_id: int | None = None, products: Collection[int] | None = None
) -> TagTruth:
    """Every tag that hangs, and every shelf place without one; of one place, or of some products, where they are named."""
    rows, waiting, on_shelf = (
        list_hanging_tags(session, place_id, products=products),
        _list_never_seen(session, products),
        _find_products_on_shelf(session, place_id, products),
    )
    now = list_tag_contents(session, {row.product_id for row in rows} | on_shelf, on)
    ready = {
        (tag.design, tag.product_id): tag.id
        for tag in waiting
        if not list_untruths(tag, now.get(tag.product_id), on)
    }
    names: dict[int, str] = dict(session.execute(select(Place.id, Place.name)).tuples().all())
    hanging = [_make_hanging_tag(row, now.get(row.product_id), on, names, ready) for row in rows]
    tagged = {row.product_id for row in rows if Design(row.design).hangs}
    missing = [
        MissingTag(content, ready.get((Design.SHELF, id_)))
        for id_, content in now.items()
        if id_ in on_shelf and id_ not in tagged and not content.refusals
    ]
    return sort_by_walk(session, hanging, missing)


def sort_by_walk(session: Session, hanging: list[HangingTag], missing: list[MissingTag]) -> TagTruth:
    """Both lists put in walking order."""
    order = {id_: n for n, id_ in enumerate(session.scalars(select(Place.id).order_by(Place.code)))}
    hanging.sort(key=lambda item: (order.get(item.tag.place_id, len(order)), item.tag.name, item.tag.id))
    missing.sort(key=lambda item: (order.get(item.saying.place_id or 0, len(order)), item.saying.name))
    return TagTruth(hanging, missing)


def _make_hanging_tag(
    row: Any, content: TagContent | None, on: date, names: dict[int, str], ready: dict[tuple[str, int], int]
) -> HangingTag:
    return HangingTag(
        row, list_untruths(row, content, on), content.refusals if content else (), names.get(row.place_id, ""), row.seen_at,
        ready.get((row.design, row.product_id)),
    )  # fmt: skip


_COLUMNS = (
    Tag.id, Tag.design, Tag.product_id, Tag.place_id, Tag.name, Tag.price_vnd, Tag.until, Tag.stars,
    Tag.certificate, Tag.certificate_ends, Tag.zone, Tag.starts, Tag.unit_price_vnd, Tag.maker, Tag.code,
)  # fmt: skip


def list_hanging_tags(
    session: Session, place_id: int | None = None, *, products: Collection[int] | None = None
) -> Sequence[Any]:
    """Tags last seen on their shelf. A newer one that hangs in the same place has taken the older one's."""
    meant = [Tag.place_id == place_id] if place_id is not None else []
    meant += [] if products is None else [Tag.product_id.in_(products)]
    query = (
        select(*_COLUMNS, TagSeen.at.label("seen_at"))
        .join(TagSeen, TagSeen.tag_id == Tag.id)
        .where(*last_seen_conditions(*meant))
        .order_by(Tag.id)
    )
    return list({(row.design, row.product_id, row.place_id): row for row in session.execute(query)}.values())


def last_seen_conditions(*meant: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """Conditions on tags joined with their sightings: of those that are meant, each that hung when last seen."""
    newest = select(func.max(TagSeen.id)).group_by(TagSeen.tag_id)
    if meant:  # or each tag that is hung up would look through all that was ever seen
        newest = newest.where(TagSeen.tag_id.in_(select(Tag.id).where(*meant)))
    return TagSeen.id.in_(newest), TagSeen.hangs.is_(True), *meant


def _list_never_seen(session: Session, products: Collection[int] | None) -> Sequence[Any]:
    """The newest tag of each design and product that was printed and never seen on a shelf."""
    sightings = select(TagSeen.id).where(TagSeen.tag_id == Tag.id).exists()
    newest = select(func.max(Tag.id)).where(~sightings).group_by(Tag.design, Tag.product_id)
    if products is not None:
        newest = newest.where(Tag.product_id.in_(products))
    return session.execute(select(*_COLUMNS).where(Tag.id.in_(newest))).all()


def _find_products_on_shelf(
    session: Session, place_id: int | None, products: Collection[int] | None
) -> set[int]:
    """Products with pieces on the floor, of which a buyer may ask the price."""
    query = (
        select(Product.id)
        .join(Lot, Lot.product_id == Product.id)
        .join(OnHand, and_(OnHand.lot_id == Lot.id, OnHand.quantity_milli > 0))
        .join(Place, Place.id == OnHand.place_id)
        .where(Place.zone.in_(FLOOR), ~Product.archived)
        .distinct()
    )
    if place_id is not None:
        query = query.where(Product.shelf_place_id == place_id)
    if products is not None:
        query = query.where(Product.id.in_(products))
    return set(session.scalars(query))


def list_changed_products(found: TagTruth) -> list[int]:
    """Products that need a new tag: of an untrue one that isn't simply taken down, or of none at all; printed ones left out."""
    products: Iterable[int] = (
        *(item.tag.product_id for item in found.untrue if not item.needs_taking_down and item.ready is None),
        *(item.saying.product_id for item in found.missing if item.ready is None),
    )
    return list(dict.fromkeys(products))
