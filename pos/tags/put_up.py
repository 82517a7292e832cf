"""tags/put_up.py — tags printed, hung up, seen, taken down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..catalog.products import get_product
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.reason import Fact, Reason
from ..kernel.tables import get_row
from ..pricing.models import ShelfPrice
from ..pricing.prices import note_shelf_price
from .models import Design, Tag, TagBatch, TagSeen
from .old_price import old_price
from .saying import Saying, sayings
from .truth import untruths


@dataclass(frozen=True, slots=True)
class Refusal:
    """A product that may have no tag, and why."""

    name: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """A batch: its tags with what each says, and the products that got none."""

    batch: TagBatch
    tags: Sequence[tuple[Tag, Saying]]
    refused: Sequence[Refusal]
    is_new: bool = True


def print_tags(
    session: Session,
    product_ids: Iterable[int],
    design: Design,
    *,
    about: str,
    output: str,
    key: str,
    starts: date | None = None,
    until: date | None = None,
    lot_id: int | None = None,
    by: Actor,
    at: datetime,
) -> Printed:
    """One tag for each admissible product, noted with all that it says; `starts`: the day from which it holds.

    The gate judges each product for that day; what it refuses is named, and the others are printed all the same.
    The same `key` again gives the batch that it made. Raises Refused (`nothing_to_tag`) where nothing is left.
    """
    known = session.scalars(select(TagBatch).where(TagBatch.key == key)).first()
    if known is not None:
        return Printed(known, tags_of(session, known), (), is_new=False)
    on = starts or business_day(at)
    wanted = list(dict.fromkeys(product_ids))
    said = sayings(session, wanted, on)
    refused = [
        Refusal(_name(session, id_, said), _why_not(said.get(id_)))
        for id_ in wanted
        if _why_not(said.get(id_))
    ]
    good = [said[id_] for id_ in wanted if id_ in said and not said[id_].refusals]
    if not good:
        raise Refused(*(_about(one) for one in refused)) if refused else Refused.because("nothing_to_tag")
    batch = TagBatch(at=at, by_name=by.name, about=about, output=output, key=key)
    session.add(batch)
    session.flush()
    tags = [_tag(session, batch, one, design, on, until, lot_id) for one in good]
    session.add_all(tags)
    session.flush()
    record(session, "tags_printed", by=by, at=at, subject=batch, seals=[batch, *tags], design=design.value,
           count=len(tags), about=about)  # fmt: skip
    return Printed(batch, list(zip(tags, good, strict=True)), refused)


def _why_not(saying: Saying | None) -> tuple[Reason, ...]:
    return (Reason.of("product_archived", product=""),) if saying is None else saying.refusals


def _name(session: Session, product_id: int, said: dict[int, Saying]) -> str:
    return said[product_id].name if product_id in said else get_product(session, product_id).name


def _about(refusal: Refusal) -> Reason:
    first = refusal.reasons[0]
    facts: dict[str, Fact] = {**first.facts, "product": refusal.name}
    return Reason(first.code, facts)


def _tag(
    session: Session,
    batch: TagBatch,
    said: Saying,
    design: Design,
    on: date,
    until: date | None,
    lot_id: int | None,
) -> Tag:
    struck = (
        old_price(session, session.get_one(Product, said.product_id), on)
        if design is Design.MARKDOWN
        else None
    )
    tag = Tag(
        batch_id=batch.id, design=design, product_id=said.product_id, lot_id=lot_id, place_id=said.place_id,
        name=said.name, price_vnd=said.price_vnd, old_price_vnd=struck, until=until, stars=said.stars,
        certificate=said.certificate, certificate_ends=said.certificate_ends, zone=said.zone, starts=on, is_reprint=False,
    )  # fmt: skip
    tag.is_reprint = _is_reprint(session, tag)
    return tag


def _is_reprint(session: Session, tag: Tag) -> bool:
    """Was the very same tag printed before?"""
    with session.no_autoflush:
        return bool(
            session.scalar(
                select(func.count()).where(
                    Tag.product_id == tag.product_id, Tag.design == tag.design, Tag.place_id == tag.place_id,
                    Tag.price_vnd == tag.price_vnd, Tag.name == tag.name, Tag.certificate == tag.certificate,
                    Tag.stars == tag.stars, Tag.starts == tag.starts,
                )
            )
        )  # fmt: skip


def tags_of(session: Session, batch: TagBatch) -> list[tuple[Tag, Saying]]:
    """A batch as it was printed: what each tag says now may differ, so it is said anew as of then."""
    tags = session.scalars(select(Tag).where(Tag.batch_id == batch.id).order_by(Tag.id)).all()
    said = sayings(session, (tag.product_id for tag in tags), tags[0].starts) if tags else {}
    return [(tag, said[tag.product_id]) for tag in tags if tag.product_id in said]


def get_tag(session: Session, tag_id: int) -> Tag:
    return get_row(session, Tag, tag_id, "tag_not_found")


def get_batch(session: Session, batch_id: int) -> TagBatch:
    return get_row(session, TagBatch, batch_id, "tag_batch_not_found")


def see(session: Session, tag: Tag, *, by: Actor, at: datetime) -> tuple[str, ...]:
    """A tag was scanned where it hangs: why it is untrue; () for a true one, which is then noted as hanging.

    A buyer may rely on it from now on, so the till asks no more than it says.
    """
    on = business_day(at)
    why = untruths(tag, sayings(session, [tag.product_id], on).get(tag.product_id), on)
    if why:
        return why
    _seen(session, tag, hangs=True, by=by, at=at)
    _listed(session, tag, by=by, at=at)
    return ()


def hang(session: Session, tags: Sequence[Tag], *, by: Actor, at: datetime) -> None:
    """These hang now, true or (when somebody hangs an old one) not: the list will say so."""
    for tag in tags:
        _seen(session, tag, hangs=True, by=by, at=at)
        if tag.starts <= business_day(at):
            _listed(session, tag, by=by, at=at)


def take_down(session: Session, tag: Tag, *, by: Actor, at: datetime) -> None:
    _seen(session, tag, hangs=False, by=by, at=at)


def _seen(session: Session, tag: Tag, *, hangs: bool, by: Actor, at: datetime) -> None:
    seen = TagSeen(tag_id=tag.id, hangs=hangs, at=at, by_name=by.name)
    session.add(seen)
    session.flush()
    record(session, "tag_seen" if hangs else "tag_taken_down", by=by, at=at, subject=tag, seals=[seen])


def _listed(session: Session, tag: Tag, *, by: Actor, at: datetime) -> None:
    """The shelf's price is what its tag says (pricing/models.py: ShelfPrice)."""
    if not Design(tag.design).hangs:
        return
    newest = session.scalars(
        select(ShelfPrice.price_vnd)
        .where(ShelfPrice.product_id == tag.product_id)
        .order_by(ShelfPrice.id.desc())
        .limit(1)
    ).first()
    if newest != tag.price_vnd:
        note_shelf_price(session, get_product(session, tag.product_id), tag.price_vnd, by=by, at=at)
