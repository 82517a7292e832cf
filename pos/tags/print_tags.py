"""tags/print_tags.py — tags printed: each noted with all that it says."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.products import load_products
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.inserts import insert_rows
from ..kernel.reason import Fact, Reason
from ..kernel.tables import get_row
from .content import TagContent, list_tag_contents
from .models import Design, Tag, TagBatch
from .old_price import judge_old_price, list_asked_prices


@dataclass(frozen=True, slots=True)
class RefusedTag:
    """A product that may have no tag, and why."""

    name: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PrintedBatch:
    """A batch: its tags with what each says, and the products that got none."""

    batch: TagBatch
    tags: Sequence[tuple[Tag, TagContent]]
    refused: Sequence[RefusedTag]
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
) -> PrintedBatch:
    """One tag for each admissible product, noted with all that it says; `starts`: the day from which it holds.

    The gate judges each product for that day (with a lot named: that lot); what it refuses, and a markdown whose
    old price can't be struck, is named, and the others are printed all the same. The same `key` again gives the
    batch that it made. Raises Refused: `until_in_past`, and where nothing is left every reason, or `nothing_to_tag`.
    """
    known = session.scalars(select(TagBatch).where(TagBatch.key == key)).first()
    if known is not None:
        return PrintedBatch(known, list_batch_tags(session, known), (), is_new=False)
    on = starts or business_day(at)
    if until is not None and until < on:
        raise Refused.because("until_in_past")
    good, refused = _sort_out(session, list(dict.fromkeys(product_ids)), design, on, lot_id)
    if not good:
        raise (
            Refused(*(_add_product_to_reason(item) for item in refused))
            if refused
            else Refused.because("nothing_to_tag")
        )
    batch = TagBatch(at=at, by_name=by.name, about=about, output=output, key=key)
    session.add(batch)
    session.flush()
    made = [_make_tag(batch, says, struck, design, on, until, lot_id) for says, struck in good]
    _mark_reprints(session, made)
    tags = insert_rows(session, made)
    record(session, "tags_printed", by=by, at=at, subject=batch, seals=[batch, *tags], design=design.value,
           count=len(tags), about=about)  # fmt: skip
    return PrintedBatch(batch, list(zip(tags, (says for says, _struck in good), strict=True)), refused)


def _sort_out(
    session: Session, wanted: list[int], design: Design, on: date, lot_id: int | None
) -> tuple[list[tuple[TagContent, int | None]], list[RefusedTag]]:
    """What each tag would say, with the old price of a markdown; and the products that may have none."""
    contents = list_tag_contents(session, wanted, on, lot_id=lot_id)
    products = load_products(session, wanted)
    asked = list_asked_prices(session, wanted) if design is Design.MARKDOWN else {}
    good: list[tuple[TagContent, int | None]] = []
    refused: list[RefusedTag] = []
    for id_ in wanted:
        product = products[id_]
        says = contents.get(id_)
        if says is None:
            refused.append(RefusedTag(product.name, (Reason.make("product_archived", product=product.name),)))
        elif says.refusals:
            refused.append(RefusedTag(says.name, says.refusals))
        elif design is not Design.MARKDOWN:
            good.append((says, None))
        else:
            try:
                good.append((says, judge_old_price(product, asked.get(id_, []), on)))
            except Refused as no:
                refused.append(RefusedTag(says.name, tuple(no.reasons)))
    return good, refused


def _add_product_to_reason(refusal: RefusedTag) -> Reason:
    first = refusal.reasons[0]
    facts: dict[str, Fact] = {**first.facts, "product": refusal.name}
    return Reason(first.code, facts)


def _make_tag(
    batch: TagBatch, content: TagContent, struck: int | None, design: Design, on: date, until: date | None,
    lot_id: int | None,
) -> Tag:  # fmt: skip
    return Tag(
        batch_id=batch.id, design=design, product_id=content.product_id, lot_id=lot_id, place_id=content.place_id,
        name=content.name, price_vnd=content.price_vnd, unit_price_vnd=content.unit_price_vnd, old_price_vnd=struck, until=until,
        stars=content.stars, certificate=content.certificate, certificate_ends=content.certificate_ends, maker=content.maker,
        code=content.code, zone=content.zone, starts=on, is_reprint=False, trace_code=secrets.token_urlsafe(9),
    )  # fmt: skip


_SAYS = (
    Tag.product_id, Tag.design, Tag.lot_id, Tag.place_id, Tag.price_vnd, Tag.old_price_vnd, Tag.until, Tag.name,
    Tag.certificate, Tag.stars, Tag.maker, Tag.code, Tag.starts,
)  # fmt: skip


def _mark_reprints(session: Session, tags: Sequence[Tag]) -> None:
    """Was the very same tag printed before? Packs that are weighed are each their own.

    One query for all: tags of one batch are of one design, lot and day.
    """
    first = tags[0]
    if first.design == Design.WEIGHT:
        return
    with session.no_autoflush:
        same = (Tag.design, Tag.lot_id, Tag.starts)
        query = select(*_SAYS).where(
            *(column.is_not_distinct_from(getattr(first, column.key)) for column in same)
        )
        before = set(
            session.execute(query.where(Tag.product_id.in_([tag.product_id for tag in tags]))).tuples()
        )
    for tag in tags:
        tag.is_reprint = tuple(getattr(tag, column.key) for column in _SAYS) in before


def list_batch_tags(
    session: Session, batch: TagBatch, on: date | None = None
) -> list[tuple[Tag, TagContent]]:
    """A batch, each tag with what would be said of its goods on a day (by itself: that from which it holds)."""
    tags = session.scalars(select(Tag).where(Tag.batch_id == batch.id).order_by(Tag.id)).all()
    contents = (
        list_tag_contents(session, (tag.product_id for tag in tags), on or tags[0].starts) if tags else {}
    )
    return [(tag, contents[tag.product_id]) for tag in tags if tag.product_id in contents]


def list_admitted_tags(session: Session, batch: TagBatch, on: date) -> list[tuple[Tag, TagContent]]:
    """What of a batch may be printed on a day: what was stopped since gets no tag on a second sheet either."""
    return [(tag, says) for tag, says in list_batch_tags(session, batch, on) if not says.refusals]


def get_tag(session: Session, tag_id: int) -> Tag:
    return get_row(session, Tag, tag_id, "tag_not_found")


def get_batch(session: Session, batch_id: int) -> TagBatch:
    return get_row(session, TagBatch, batch_id, "tag_batch_not_found")
