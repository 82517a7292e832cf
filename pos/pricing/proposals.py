"""pricing/proposals.py — prices that producers propose, and what the manager makes of them."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import NotFound, Refused
from ..kernel.tables import get_row
from ..kernel.text import normalize_text
from ..messages.templates import make_price_answered
from ..messages.write import tell_producer
from .models import ProposedPrice
from .prices import find_price, refuse_odd_price, set_price

DOUBTFUL = 2  # times more or less than the price now: asked again


def propose_price(
    session: Session,
    product: Product,
    price_vnd: int,
    starts: date,
    reason: str,
    *,
    by: Actor,
    at: datetime,
    is_sure: bool = True,
) -> ProposedPrice:
    """A producer asks for another price of own goods; it takes the place of one for the same goods that still waits.

    Raises Refused (`price_not_positive`, `price_too_high`, `starts_in_past`, `price_reason_missing`, `price_same`, `price_doubtful`:
    less than half or more than twice of the price now, where nobody said that they are sure), NotFound (`product_not_found`: it is
    another producer's).
    """
    if product.producer_id != by.producer_id:
        raise NotFound.because("product_not_found")
    refuse_odd_price(price_vnd)
    if starts < business_day(at):
        raise Refused.because("starts_in_past", starts=starts)
    if not (reason := normalize_text(reason)):
        raise Refused.because("price_reason_missing")
    now_vnd = find_price(session, product.id, starts)
    if now_vnd == price_vnd:
        raise Refused.because("price_same", price_vnd=price_vnd)
    if not is_sure and now_vnd and not now_vnd <= DOUBTFUL * price_vnd <= DOUBTFUL * DOUBTFUL * now_vnd:
        raise Refused.because("price_doubtful", price_vnd=price_vnd, before_vnd=now_vnd)
    proposed = ProposedPrice(
        producer_id=product.producer_id, product_id=product.id, price_vnd=price_vnd, starts=starts, reason=reason, at=at, by_name=by.name
    )  # fmt: skip
    replaced = session.scalars(
        select(ProposedPrice).where(
            ProposedPrice.product_id == product.id, ProposedPrice.decided_at.is_(None)
        )
    ).all()
    for earlier in replaced:
        earlier.decided_at = at
    session.add(proposed)
    session.flush()
    record(session, "price_proposed", by=by, at=at, subject=product, facts=[proposed, *replaced],
           price_vnd=price_vnd, starts=starts, reason=reason)  # fmt: skip
    return proposed


def withdraw_price(session: Session, proposed: ProposedPrice, *, by: Actor, at: datetime) -> None:
    """The producer takes it back. Raises Refused (`decided_already`), NotFound (`proposal_not_found`: it is another producer's)."""
    if proposed.producer_id != by.producer_id:
        raise NotFound.because("proposal_not_found")
    _require_waiting(proposed)
    proposed.decided_at = at
    product = session.get_one(Product, proposed.product_id)
    record(session, "price_withdrawn", by=by, at=at, subject=product, facts=[proposed], price_vnd=proposed.price_vnd)  # fmt: skip


def list_withdrawn(proposed: Sequence[ProposedPrice]) -> set[int]:
    """Of a producer's proposals those that were taken back: ended by no answer and by no newer one."""
    return {
        each.id
        for each in proposed
        if each.decided_at and not each.price_id and not each.declined_because and not _is_replaced(each, proposed)
    }  # fmt: skip


def _is_replaced(known: ProposedPrice, proposed: Sequence[ProposedPrice]) -> bool:
    """Did a newer one take its place, at the moment in which it came?"""
    return any(
        other.id > known.id and other.product_id == known.product_id and other.at == known.decided_at
        for other in proposed
    )


def accept_price(session: Session, proposed: ProposedPrice, *, by: Actor, at: datetime) -> None:
    """Set the price from its day on, or from today where that is past; the producer is told.

    Raises Refused (`decided_already`), and as `set_price` does.
    """
    _require_waiting(proposed)
    product, starts = session.get_one(Product, proposed.product_id), max(proposed.starts, business_day(at))
    price = set_price(session, product, proposed.price_vnd, starts=starts, by=by, at=at)
    session.flush()
    proposed.decided_at, proposed.price_id = at, price.id
    record(session, "price_accepted", by=by, at=at, subject=product, facts=[proposed],
           price_vnd=proposed.price_vnd, starts=starts)  # fmt: skip
    _tell(session, proposed, product, by, at)


def decline_price(session: Session, proposed: ProposedPrice, reason: str, *, by: Actor, at: datetime) -> None:
    """The price stays; the producer is told, and reads why. Raises Refused (`decided_already`, `reason_missing`)."""
    _require_waiting(proposed)
    if not (why := normalize_text(reason)):
        raise Refused.because("reason_missing")
    proposed.decided_at, proposed.declined_because = at, why
    product = session.get_one(Product, proposed.product_id)
    record(session, "price_declined", by=by, at=at, subject=product, facts=[proposed],
           price_vnd=proposed.price_vnd, reason=why)  # fmt: skip
    _tell(session, proposed, product, by, at)


def _tell(session: Session, proposed: ProposedPrice, product: Product, by: Actor, at: datetime) -> None:
    answered = make_price_answered(product=product.name, accepted=proposed.price_id is not None)
    tell_producer(session, proposed.producer_id, answered, by=by, at=at)


def _require_waiting(proposed: ProposedPrice) -> None:
    if proposed.decided_at is not None:
        raise Refused.because("decided_already")


def get_proposed_price(session: Session, proposed_id: int) -> ProposedPrice:
    return get_row(session, ProposedPrice, proposed_id, "proposal_not_found")


def list_waiting_prices(session: Session) -> Sequence[tuple[ProposedPrice, Product]]:
    """Not decided yet, the oldest first."""
    query = (
        select(ProposedPrice, Product)
        .join(Product, Product.id == ProposedPrice.product_id)
        .where(ProposedPrice.decided_at.is_(None))
        .order_by(ProposedPrice.id)
    )
    return session.execute(query).tuples().all()


def list_proposed_prices(
    session: Session, producer_id: int, limit: int = 30
) -> Sequence[tuple[ProposedPrice, Product]]:
    """A producer's own, the newest first, decided or not."""
    query = (
        select(ProposedPrice, Product)
        .join(Product, Product.id == ProposedPrice.product_id)
        .where(ProposedPrice.producer_id == producer_id)
        .order_by(ProposedPrice.id.desc())
        .limit(limit)
    )
    return session.execute(query).tuples().all()
