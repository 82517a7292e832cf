"""importing/waiting.py — stock without a lot: it becomes a delivery that waits at Receiving until somebody has read the packs."""

from collections.abc import Iterator, Sequence
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


def announce_waiting(
    session: Session, rows: Sequence[RowPreview], books: Books, *, by: Actor, at: datetime
) -> int:
    """Announce what waits, a delivery a producer (more of many lines); returns how many deliveries."""
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
    made = 0
    for producer_id, theirs in lines.items():
        producer = session.get_one(Producer, producer_id)
        for part in _split_lines(theirs):
            announce_delivery(
                session, producer, part, delivery_note=OPENING_NOTE, comes_on=business_day(at), by=by, at=at
            )
            made += 1
    return made


def _split_lines(lines: list[AnnouncedLine]) -> Iterator[list[AnnouncedLine]]:
    for first in range(0, len(lines), MOST_LINES):
        yield lines[first : first + MOST_LINES]
