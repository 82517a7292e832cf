"""importing/waiting.py — stock without a lot: it becomes a delivery that waits at Receiving until somebody has read the packs."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.text import fold_text
from ..producers.models import Producer
from ..storeroom.announce import announce_delivery
from ..storeroom.forms import MOST_LINES
from ..storeroom.models import AnnouncedLine
from .books import Books
from .read_rows import RowPreview
from .write_rows import OPENING_NOTE


def list_waiting(rows: Sequence[RowPreview]) -> list[RowPreview]:
    """The rows whose stock has no lot yet."""
    return [row for row in rows if row.waits]


def plan_waiting(rows: Sequence[RowPreview], books: Books) -> list[tuple[int, list[AnnouncedLine]]]:
    """What waits, a delivery a producer (more of many lines): the producer's id and the lines."""
    lines: dict[int, list[AnnouncedLine]] = {}
    for row in list_waiting(rows):
        producer_id = books.producers.get(fold_text(row.values.get("producer_name") or ""))
        product_id = books.find_product(row.values, producer_id)
        if product_id is None:
            continue
        lines.setdefault(books.makers[product_id], []).append(
            AnnouncedLine(
                product_id=product_id, lot_number="", made_on=row.values.get("made_on"),
                expires_on=row.values.get("expires_on"), quantity_milli=row.values["quantity"],
            )
        )  # fmt: skip
    return [
        (producer_id, theirs[first : first + MOST_LINES])
        for producer_id, theirs in lines.items()
        for first in range(0, len(theirs), MOST_LINES)
    ]


def announce_waiting(
    session: Session, producer_id: int, lines: Sequence[AnnouncedLine], *, by: Actor, at: datetime
) -> None:
    """Announce one of those deliveries."""
    producer = session.get_one(Producer, producer_id)
    announce_delivery(
        session, producer, lines, delivery_note=OPENING_NOTE, comes_on=business_day(at), by=by, at=at
    )
