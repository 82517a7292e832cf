"""pricing/prices.py — the price in force on a day, and how a new one is set."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import BindParameter, ScalarSelect, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ..catalog.models import Product
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from ..kernel.inserts import insert_rows
from ..kernel.quantity import ONE
from .models import Price, ShelfPrice

HIGHEST_VND = 1_000_000_000
FAR_OFF = 5  # times as much, or a part of as many: a nought too many or too few is ten


def price_in_force(
    product_id: InstrumentedAttribute[int] | int, on: date | BindParameter[date]
) -> ScalarSelect[int]:
    """The price on a business day as a subquery: the latest start not after it, the newest row of that start."""
    return (
        select(Price.price_vnd)
        .where(Price.product_id == product_id, Price.starts <= on)
        .order_by(Price.starts.desc(), Price.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def price_on_shelf(product_id: InstrumentedAttribute[int] | int) -> ScalarSelect[int]:
    """The price that the shelf's tag was last seen to show, as a subquery; null where none was noted, or none hangs."""
    return (
        select(func.nullif(ShelfPrice.price_vnd, 0))
        .where(ShelfPrice.product_id == product_id)
        .order_by(ShelfPrice.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def find_price(session: Session, product_id: int, on: date) -> int | None:
    return session.execute(select(price_in_force(product_id, on))).scalar()


def list_product_prices(session: Session, product_id: int) -> Sequence[Price]:
    """Every price of a product so far, the newest first."""
    return session.scalars(
        select(Price).where(Price.product_id == product_id).order_by(Price.id.desc())
    ).all()


def find_shelf_price(session: Session, product_id: int) -> int | None:
    return session.execute(select(price_on_shelf(product_id))).scalar()


def find_weight_milli(session: Session, product_id: int, label_vnd: int | None, on: date) -> int | None:
    """Thousandths of a kilogram that cost what a scale's label asks, or a little less: never more than it says.

    None where that can't be told: the shelf shows another price, dearer or cheaper, and the label may be of either. It is
    weighed then.
    """
    if not label_vnd:
        return None
    price_vnd, shown_vnd = find_price(session, product_id, on), find_shelf_price(session, product_id)
    if not price_vnd or (shown_vnd not in {None, price_vnd}):
        return None
    return label_vnd * ONE // price_vnd or None


def set_price(
    session: Session, product: Product, price_vnd: int, *, starts: date, by: Actor, at: datetime
) -> Price:
    """Ask a new price from a day on. The same price for the same start is not written twice.

    Raises Refused (`price_not_positive`, `price_too_high`).
    """
    refuse_odd_price(price_vnd)
    newest = session.scalars(
        select(Price)
        .where(Price.product_id == product.id, Price.starts == starts)
        .order_by(Price.id.desc())
        .limit(1)
    ).first()
    if newest is not None and newest.price_vnd == price_vnd:
        return newest
    price = Price(product_id=product.id, price_vnd=price_vnd, starts=starts, at=at)
    session.add(price)
    record(session, "price_set", by=by, at=at, subject=product, seals=_list_flushed(session, price),
           price_vnd=price_vnd, starts=starts)  # fmt: skip
    return price


def note_shelf_price(
    session: Session, product: Product, price_vnd: int, *, by: Actor, at: datetime
) -> ShelfPrice:
    """Note what the shelf's tag shows now (0: no tag hangs). Nothing may be sold above the listed price (law 16/2023, art. 29)."""
    if price_vnd:
        refuse_odd_price(price_vnd)
    shown = ShelfPrice(product_id=product.id, price_vnd=price_vnd, at=at)
    session.add(shown)
    record(session, "shelf_price_noted", by=by, at=at, subject=product, seals=_list_flushed(session, shown),
           price_vnd=price_vnd)  # fmt: skip
    return shown


def list_shelf_prices(session: Session, product_ids: Collection[int]) -> dict[int, int]:
    """The price last noted on the shelf of each of these products; those without one, or of which none hangs, are left out."""
    newest = select(func.max(ShelfPrice.id)).where(ShelfPrice.product_id.in_(product_ids))
    rows = session.execute(
        select(ShelfPrice.product_id, ShelfPrice.price_vnd).where(
            ShelfPrice.id.in_(newest.group_by(ShelfPrice.product_id)), ShelfPrice.price_vnd != 0
        )
    )
    return dict(rows.tuples().all())


def note_shelf_prices(
    session: Session, prices: Mapping[int, int], *, by: Actor, at: datetime
) -> Sequence[ShelfPrice]:
    """Note what the shelves' tags show now, by product (0: no tag hangs), as one act."""
    for price_vnd in prices.values():
        if price_vnd:
            refuse_odd_price(price_vnd)
    shown = insert_rows(
        session,
        [ShelfPrice(product_id=id_, price_vnd=price_vnd, at=at) for id_, price_vnd in prices.items()],
    )
    if shown:
        record(session, "shelf_price_noted", by=by, at=at, seals=shown,
               prices_vnd={str(id_): price_vnd for id_, price_vnd in prices.items()})  # fmt: skip
    return shown


def refuse_odd_price(price_vnd: int) -> None:
    if price_vnd <= 0:
        raise Refused.because("price_not_positive", price_vnd=price_vnd)
    if price_vnd > HIGHEST_VND:
        raise Refused.because("price_too_high", price_vnd=price_vnd)


def is_far_off(price_vnd: int, before_vnd: int | None) -> bool:
    """True where a price is so far from the one before it that somebody may have slipped by a nought."""
    if not before_vnd:
        return False
    return price_vnd * FAR_OFF <= before_vnd or price_vnd >= before_vnd * FAR_OFF


def refuse_far_off_price(session: Session, product_id: int, price_vnd: int, starts: date) -> None:
    """Ask about a price that is far from the one it follows. Raises Refused (`price_far_off`)."""
    before_vnd = find_price(session, product_id, starts)
    if price_vnd > 0 and is_far_off(price_vnd, before_vnd):
        raise Refused.because("price_far_off", before_vnd=before_vnd, price_vnd=price_vnd)


def _list_flushed(session: Session, row: Price | ShelfPrice) -> list[Price | ShelfPrice]:
    session.flush()
    return [row]
