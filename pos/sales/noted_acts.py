"""sales/noted_acts.py — what a cashier does at the till that moves neither goods nor money, and that a manager wants to know."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from .models import Basket
from .questions import PackDates


def note_price_check(session: Session, product_id: int, *, by: Actor, at: datetime) -> None:
    """A price was looked at: what isn't sold then is on the shift's page."""
    record(session, "price_checked", by=by, at=at, product=product_id)


def note_dates_confirmed(
    session: Session, basket: Basket, product_id: int, lot_id: int | None, pack: PackDates, *, by: Actor, at: datetime
) -> None:  # fmt: skip
    """The pack's code names other days than the books, and the cashier says that it is that lot."""
    record(session, "dates_differ", by=by, at=at, subject=basket, product=product_id, lot=lot_id,
           printed_ends=pack.ends_on, printed_made=pack.made_on)  # fmt: skip


def note_shelf_price_kept(
    session: Session, basket: Basket, product_id: int, *, by: Actor, at: datetime
) -> None:
    """Sold at the lower price that the shelf showed (law on prices 16/2023, art. 29)."""
    record(session, "shelf_price_kept", by=by, at=at, subject=basket, product=product_id)


def note_age_refused(session: Session, product_name: str, *, by: Actor, at: datetime) -> None:
    """The buyer was too young, and nothing was sold."""
    record(session, "age_refused", by=by, at=at, product=product_name)


def note_pack_set_aside(
    session: Session, product_name: str, lot_number: str, *, by: Actor, at: datetime
) -> None:
    """A pack whose code and lot differ was not sold: the manager looks at it."""
    record(session, "pack_set_aside", by=by, at=at, product=product_name, lot=lot_number)


def call_manager_for(
    session: Session, product_name: str, codes: Sequence[str], *, by: Actor, at: datetime
) -> None:
    """What was refused (`codes`: of its reasons) is on the manager's list as called for."""
    record(session, "manager_called", by=by, at=at, product=product_name, codes=list(codes))
