"""storeroom/announce.py — a producer says what they will bring; the shop opens it when it comes."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from ..catalog.models import Product
from ..catalog.products import get_product
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.quantity import Unit
from ..kernel.tables import get_row
from ..kernel.text import normalize_text
from ..producers.models import Producer
from .models import AnnouncedDelivery, AnnouncedLine, Receiving


def announce_delivery(
    session: Session,
    producer: Producer,
    lines: Sequence[AnnouncedLine],
    *,
    delivery_note: str,
    comes_on: date,
    by: Actor,
    at: datetime,
) -> AnnouncedDelivery:
    """Keep what a producer will bring. Nothing is judged yet: the gate is asked at the door.

    Raises Refused (`note_missing`, `lines_missing`, `day_past`; by line `product_of_another_producer`, `quantity_odd`).
    """
    note = _require_sound(session, producer, lines, delivery_note, comes_on, at)
    announced = AnnouncedDelivery(
        producer_id=producer.id, delivery_note=note, comes_on=comes_on, at=at, lines=list(lines)
    )
    session.add(announced)
    session.flush()
    record(session, "delivery_announced", by=by, at=at, subject=announced, facts=[announced])
    return announced


def change_announced(
    session: Session,
    announced: AnnouncedDelivery,
    producer: Producer,
    lines: Sequence[AnnouncedLine],
    *,
    delivery_note: str,
    comes_on: date,
    by: Actor,
    at: datetime,
) -> None:
    """Another note, day or goods than was announced first. Raises as `announce_delivery`, `require_expected` and `require_new_note` do."""
    require_expected(session, announced)
    require_new_note(session, producer, delivery_note, besides=announced)
    note = _require_sound(session, producer, lines, delivery_note, comes_on, at)
    for line in announced.lines:
        session.delete(line)
    session.flush()
    session.expire(announced, ["lines"])
    announced.delivery_note, announced.comes_on, announced.lines = note, comes_on, list(lines)
    session.flush()
    record(session, "delivery_changed", by=by, at=at, subject=announced, facts=[announced])


def number_note(session: Session, producer: Producer, comes_on: date) -> str:
    """A number for a delivery whose producer writes no notes: 'CT007-24112026', the second of a day 'CT007-24112026-2'."""
    first = f"{producer.code}-{comes_on:%d%m%Y}"
    query = select(func.count()).where(
        AnnouncedDelivery.producer_id == producer.id, AnnouncedDelivery.delivery_note.startswith(first)
    )
    earlier = session.scalar(query) or 0
    return f"{first}-{earlier + 1}" if earlier else first


def require_new_note(
    session: Session, producer: Producer, delivery_note: str, *, besides: AnnouncedDelivery | None = None
) -> None:
    """A note is announced once. Raises Refused (`announced_twice`) where a delivery of this note is expected already.

    `besides`: the delivery that the note is of.
    """
    note = normalize_text(delivery_note).casefold()
    expected = [known for known in list_expected(session, producer.id) if known is not besides]
    if any(known.delivery_note.casefold() == note for known in expected):
        raise Refused.because("announced_twice", note=normalize_text(delivery_note))


def _require_sound(
    session: Session,
    producer: Producer,
    lines: Sequence[AnnouncedLine],
    delivery_note: str,
    comes_on: date,
    at: datetime,
) -> str:
    """The note's number. Raises Refused as `announce_delivery` says."""
    note = normalize_text(delivery_note)
    if not note:
        raise Refused.because("note_missing")
    if not lines:
        raise Refused.because("lines_missing")
    if comes_on < business_day(at):
        raise Refused.because("day_past", day=comes_on)
    for n, line in enumerate(lines, 1):
        _require_own(line, n, get_product(session, line.product_id), producer)
    return note


def _require_own(line: AnnouncedLine, n: int, product: Product, producer: Producer) -> None:
    line.n, line.lot_number = n, normalize_text(line.lot_number or "")
    if product.producer_id != producer.id:
        raise Refused.because("product_of_another_producer", line=n, product=product.name)
    if not Unit(product.unit).allows(line.quantity_milli or 0):
        raise Refused.because("quantity_odd", line=n, product=product.name)


def cancel_announced(session: Session, announced: AnnouncedDelivery, *, by: Actor, at: datetime) -> None:
    """It doesn't come after all. Raises Refused (`delivery_came`, `delivery_withdrawn`)."""
    require_expected(session, announced)
    announced.withdrawn_at = at
    record(session, "delivery_withdrawn", by=by, at=at, subject=announced, facts=[announced])


def require_expected(session: Session, announced: AnnouncedDelivery) -> None:
    """Raises Refused (`delivery_came`, `delivery_withdrawn`)."""
    if announced.withdrawn_at is not None:
        raise Refused.because("delivery_withdrawn")
    if find_receiving(session, announced) is not None:
        raise Refused.because("delivery_came")


def get_announced(session: Session, announced_id: int) -> AnnouncedDelivery:
    return get_row(session, AnnouncedDelivery, announced_id, "delivery_not_found")


def find_announced(session: Session, announced_id: int, producer_id: int) -> AnnouncedDelivery | None:
    """None where another producer announced it. Raises NotFound (`delivery_not_found`)."""
    found = get_announced(session, announced_id)
    return found if found.producer_id == producer_id else None


def find_receiving(session: Session, announced: AnnouncedDelivery) -> Receiving | None:
    """How it came in, if it did and wasn't taken back."""
    undone = aliased(Receiving)
    return session.scalars(
        select(Receiving).where(
            Receiving.announced_id == announced.id,
            ~select(undone.number).where(undone.reverses == Receiving.number).exists(),
        )
    ).first()


def list_expected(session: Session, producer_id: int | None = None) -> list[AnnouncedDelivery]:
    """Announced and not come yet, the next first; of one producer or of all."""
    query = select(AnnouncedDelivery).where(AnnouncedDelivery.withdrawn_at.is_(None))
    if producer_id is not None:
        query = query.where(AnnouncedDelivery.producer_id == producer_id)
    found = session.scalars(query.order_by(AnnouncedDelivery.comes_on, AnnouncedDelivery.id)).all()
    return [announced for announced in found if find_receiving(session, announced) is None]


def list_announced(
    session: Session, producer_id: int, limit: int = 50
) -> list[tuple[AnnouncedDelivery, Receiving | None]]:
    """A producer's own, the newest first, each with how it came in."""
    query = select(AnnouncedDelivery).where(AnnouncedDelivery.producer_id == producer_id)
    found = session.scalars(query.order_by(AnnouncedDelivery.id.desc()).limit(limit)).all()
    return [(announced, find_receiving(session, announced)) for announced in found]
