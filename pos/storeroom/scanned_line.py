"""storeroom/scanned_line.py — what a pack's code says of the line of a delivery that it is scanned for."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ..kernel.quantity import ONE, Unit
from ..scanning.resolve import resolve_scan


@dataclass(frozen=True, slots=True)
class ScannedLine:
    """A line as far as a code fills it. No quantity: one piece, or a weight that is still to be told.

    `is_run_together`: nobody can tell where the lot's number ends, so it is typed from the pack.
    """

    product_id: int
    lot_number: str
    made_on: date | None
    expires_on: date | None
    quantity_milli: int | None
    is_run_together: bool


def find_scanned_line(session: Session, producer_id: int, text: str) -> ScannedLine | None:
    """None for a code that names none of the producer's goods, or several."""
    own = [item for item in resolve_scan(session, text).items if item.product.producer_id == producer_id]
    if len(own) != 1:
        return None
    (item,) = own
    is_one_piece = item.product.unit == Unit.PIECE and item.pack_milli == ONE
    return ScannedLine(
        item.product.id, "" if item.is_run_together else item.lot_text, item.made_on, item.ends_on,
        None if is_one_piece else item.pack_milli, item.is_run_together,
    )  # fmt: skip
