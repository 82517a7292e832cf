"""tags/shelf.py — tags hung up, seen where they hang, taken down; and the price that a buyer then relies on."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.products import get_product
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.inserts import insert_rows
from ..pricing.prices import list_shelf_prices, note_shelf_price, note_shelf_prices
from .content import list_tag_contents
from .models import Design, Tag, TagSeen
from .truth import last_seen_conditions, list_hanging_tags, list_untruths


def note_seen_tag(session: Session, tag: Tag, *, by: Actor, at: datetime) -> tuple[str, ...]:
    """A tag was scanned where it hangs: why it is untrue; () for a true one, which is then noted as hanging."""
    on = business_day(at)
    why = list_untruths(tag, list_tag_contents(session, [tag.product_id], on).get(tag.product_id), on)
    if not why:
        hang_tag(session, [tag], by=by, at=at)
    return why


def hang_tag(session: Session, tags: Sequence[Tag], *, by: Actor, at: datetime) -> None:
    """These hang now; of those that hang nowhere (stickers, labels) nothing is noted."""
    _note_seen(session, [tag for tag in tags if Design(tag.design).hangs], hangs=True, by=by, at=at)


def note_taken_down(session: Session, tag: Tag, *, by: Actor, at: datetime) -> None:
    _note_seen(session, [tag], hangs=False, by=by, at=at)


def _note_seen(session: Session, tags: Sequence[Tag], *, hangs: bool, by: Actor, at: datetime) -> None:
    """What a tag stands for in its place ends with it: an older one below never comes back by itself, nor its price.

    However many they are, it takes the same few statements.
    """
    if not tags:
        return
    below = _list_tags_on_show(session, tags)
    sightings: list[tuple[Tag, TagSeen]] = []
    for tag in tags:
        where = _find_spot(tag)
        down = [older for older in below.get(where, ()) if older.id != tag.id]
        sightings += [(older, _make_sighting(older, hangs=False, by=by, at=at)) for older in down]
        sightings.append((tag, _make_sighting(tag, hangs=hangs, by=by, at=at)))
        below[where] = [tag] if hangs else []
    written = insert_rows(session, [sighting for _tag, sighting in sightings])
    noticed = [(tag, sighting) for (tag, _unsaved), sighting in zip(sightings, written, strict=True)]
    for hung in (False, True):
        noted = [(tag, sighting) for tag, sighting in noticed if sighting.hangs is hung]
        if not noted:
            continue
        about = (
            {"subject": noted[0][0]} if len(noted) == 1 else {"tags": [tag.id for tag, _sighting in noted]}
        )
        seals = [sighting for _tag, sighting in noted]
        record(session, "tag_seen" if hung else "tag_taken_down", by=by, at=at, seals=seals, **about)
    _update_shelf_prices(session, list(dict.fromkeys(tag.product_id for tag in tags)), by=by, at=at)


def _find_spot(tag: Tag) -> tuple[int, str, int | None]:
    """Where a tag hangs: one of these products, designs and places shows one tag."""
    return tag.product_id, tag.design, tag.place_id


def _list_tags_on_show(session: Session, tags: Sequence[Tag]) -> dict[tuple[int, str, int | None], list[Tag]]:
    """Tags of the same goods that still count as hanging, by where."""
    found: dict[tuple[int, str, int | None], list[Tag]] = defaultdict(list)
    query = select(Tag).join(TagSeen, TagSeen.tag_id == Tag.id).order_by(Tag.id)
    goods = Tag.product_id.in_({tag.product_id for tag in tags})
    for tag in session.scalars(query.where(*last_seen_conditions(goods))):
        found[_find_spot(tag)].append(tag)
    return found


def _make_sighting(tag: Tag, *, hangs: bool, by: Actor, at: datetime) -> TagSeen:
    return TagSeen(tag_id=tag.id, hangs=hangs, at=at, by_name=by.name)


def _update_shelf_prices(session: Session, product_ids: Sequence[int], *, by: Actor, at: datetime) -> None:
    """The price on the shelf is the lowest that a hanging tag shows, whenever it is to hold: a buyer may rely on any.

    None hangs: no price is on the shelf (0), so that the last one seen binds nobody.
    """
    shown: dict[int, list[int]] = defaultdict(list)
    for row in list_hanging_tags(session, products=product_ids):
        shown[row.product_id].append(row.price_vnd)
    before = list_shelf_prices(session, product_ids)
    lowest = {id_: min(shown[id_], default=0) for id_ in product_ids}
    changed = {id_: price_vnd for id_, price_vnd in lowest.items() if price_vnd != before.get(id_, 0)}
    if len(changed) == 1:
        ((product_id, price_vnd),) = changed.items()
        note_shelf_price(session, get_product(session, product_id), price_vnd, by=by, at=at)
    else:
        note_shelf_prices(session, changed, by=by, at=at)
