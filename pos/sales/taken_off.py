"""sales/taken_off.py — what the journal keeps of goods and extras that a cashier takes off a basket again."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from .models import Basket, BasketLine, Extra


def record_lessening(
    session: Session, basket: Basket, line: BasketLine, to_milli: int, *, by: Actor, at: datetime
) -> None:
    """Less of a line is a part of it taken off: how much there was, is left, and at what price. More of it is no such act."""
    if to_milli < line.quantity_milli:
        record(session, "line_lessened", by=by, at=at, subject=basket, product=_name_line(session, line),
               lot=line.lot_id, from_milli=line.quantity_milli, to_milli=to_milli,
               price_vnd=line.shown_price_vnd)  # fmt: skip


def record_line_voided(
    session: Session, basket: Basket, line: BasketLine, *, by: Actor, at: datetime
) -> None:
    """A whole line is taken off; `emptied`: it was the last one."""
    record(session, "line_voided", by=by, at=at, subject=basket, product=_name_line(session, line), lot=line.lot_id,
           quantity_milli=line.quantity_milli, price_vnd=line.shown_price_vnd,
           emptied=len(basket.lines) == 1)  # fmt: skip


def _name_line(session: Session, line: BasketLine) -> int | str | None:
    """Goods by their number; an extra, whose row may change, by its name."""
    extra = session.get(Extra, line.extra_id) if line.extra_id is not None else None
    return extra.name_vi if extra is not None else line.product_id
