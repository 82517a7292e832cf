"""tags/shelf.py — tags hung up, seen where they hang, taken down; and the price that a buyer then relies on."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.products import get_product
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..pricing.prices import find_shelf_price, note_shelf_price
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
    for tag in tags:
        if Design(tag.design).hangs:
            _note_seen(session, tag, hangs=True, by=by, at=at)


def note_taken_down(session: Session, tag: Tag, *, by: Actor, at: datetime) -> None:
    _note_seen(session, tag, hangs=False, by=by, at=at)


def _note_seen(session: Session, tag: Tag, *, hangs: bool, by: Actor, at: datetime) -> None:
    """What it stands for in its place ends with it: an older tag below never comes back by itself, nor its price."""
    for older in _list_tags_below(session, tag):
        _note_sighting(session, older, hangs=False, by=by, at=at)
    _note_sighting(session, tag, hangs=hangs, by=by, at=at)
    _update_shelf_price(session, tag.product_id, by=by, at=at)


def _list_tags_below(session: Session, tag: Tag) -> Sequence[Tag]:
    """Other tags that still count as hanging in the same place."""
    same = (
        Tag.product_id == tag.product_id,
        Tag.design == tag.design,
        Tag.place_id.is_not_distinct_from(tag.place_id),
    )
    query = select(Tag).join(TagSeen, TagSeen.tag_id == Tag.id)
    return session.scalars(query.where(*last_seen_conditions(*same), Tag.id != tag.id)).all()


def _note_sighting(session: Session, tag: Tag, *, hangs: bool, by: Actor, at: datetime) -> None:
    sighting = TagSeen(tag_id=tag.id, hangs=hangs, at=at, by_name=by.name)
    session.add(sighting)
    session.flush()
    record(session, "tag_seen" if hangs else "tag_taken_down", by=by, at=at, subject=tag, seals=[sighting])


def _update_shelf_price(session: Session, product_id: int, *, by: Actor, at: datetime) -> None:
    """The price on the shelf is the lowest that a hanging tag shows, whenever it is to hold: a buyer may rely on any.

    None hangs: no price is on the shelf (0), so that the last one seen binds nobody.
    """
    shown = [row.price_vnd for row in list_hanging_tags(session, products=[product_id])]
    lowest = min(shown, default=0)
    if lowest != (find_shelf_price(session, product_id) or 0):
        note_shelf_price(session, get_product(session, product_id), lowest, by=by, at=at)
