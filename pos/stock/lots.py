"""stock/lots.py — lots, their origin, and the stops that can be set on goods."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..identity.second import require_second
from ..identity.sign_in import approved_by
from ..journal.record import record
from ..kernel.actor import Actor, Approval
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from .models import Hold, Lot


def find_lot(session: Session, product_id: int, number: str) -> Lot | None:
    return session.scalars(select(Lot).where(Lot.product_id == product_id, Lot.number == number)).first()


def save_lot(session: Session, lot: Lot, *, by: Actor, at: datetime) -> Lot:
    """Keep a new or completed lot; its earlier state stays in the journal. Raises Refused (`made_after_end`, `made_in_future`)."""
    if lot.made_on and lot.expires_on and lot.expires_on < lot.made_on:
        raise Refused.because("made_after_end", made=lot.made_on, ends=lot.expires_on)
    if lot.made_on and lot.made_on > business_day(at):
        raise Refused.because("made_in_future", made=lot.made_on)
    is_new = lot.id is None
    if is_new:
        lot.trace_code = secrets.token_urlsafe(9)
        session.add(lot)
    session.flush()
    record(session, "lot_added" if is_new else "lot_changed", by=by, at=at, subject=lot, facts=[lot])
    return lot


def stop(
    session: Session,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    kind: str = "hold",
    product_id: int | None = None,
    lot_id: int | None = None,
) -> Hold:
    """Stop a lot or a whole product, from now on, at every till. Raises Refused (`reason_missing`)."""
    if not reason.strip():
        raise Refused.because("reason_missing")
    if (product_id is None) == (lot_id is None):
        raise ValueError("a stop is on a product or on a lot")
    hold = Hold(kind=kind, product_id=product_id, lot_id=lot_id, reason=reason.strip(), at=at)
    session.add(hold)
    session.flush()
    record(session, "stopped", by=by, at=at, subject=hold, seals=[hold], reason=hold.reason)
    return hold


def release(
    session: Session, hold: Hold, *, reason: str, by: Actor, approval: Approval, at: datetime
) -> Hold:
    """End a stop; a second person must have agreed.

    Raises Refused (`second_person_needed`, `reason_missing`, `already_released`).
    """
    if not reason.strip():
        raise Refused.because("reason_missing")
    ended = session.scalars(select(Hold).where(Hold.releases_id == hold.id)).first()
    if ended is not None or hold.releases_id is not None:
        raise Refused.because("already_released")
    require_second(session, by, approval)
    end = Hold(
        kind=hold.kind, product_id=hold.product_id, lot_id=hold.lot_id, reason=reason.strip(), at=at,
        releases_id=hold.id,
    )  # fmt: skip
    session.add(end)
    session.flush()
    record(session, "released", by=by, at=at, subject=hold, seals=[end], **approved_by(approval))
    return end
