"""stock/lots.py — lots, their origin, and the stops that can be set on goods."""

import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..identity.second_person import require_second
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.tables import next_number
from ..kernel.text import fold_text
from .models import Hold, Lot

_OWN_NUMBER = re.compile(r"\d{6}-\d+-\d+")  # the note's day, the delivery, its line: `storeroom/receive.py`


def find_lot(session: Session, product_id: int, number: str) -> Lot | None:
    return session.scalars(select(Lot).where(Lot.product_id == product_id, Lot.number == number)).first()


def list_lots_ending(session: Session, product_id: int, on: date) -> Sequence[Lot]:
    """The lots of a product that end on a day, the newest first."""
    query = select(Lot).where(Lot.product_id == product_id, Lot.expires_on == on)
    return session.scalars(query.order_by(Lot.id.desc())).all()


def has_conflicting_dates(lot: Lot, ends_on: date | None, made_on: date | None) -> bool:
    """Does a pack's code name another end or day of making than the books have for its lot?"""
    pairs = (ends_on, lot.expires_on), (made_on, lot.made_on)
    return any(on_pack is not None and on_pack != known for on_pack, known in pairs)


def list_similar_lots(session: Session, product_id: int, number: str) -> list[Lot]:
    """Lots of a product whose number may be this one otherwise written: letters and figures alone count, not their case."""
    bare_number = bare_lot_number(number)
    lots = session.scalars(select(Lot).where(Lot.product_id == product_id))
    return [lot for lot in lots if bare_lot_number(lot.number) == bare_number]


def bare_lot_number(number: str) -> str:
    """Its letters and figures alone, without case: 'L-261122' and 'l261122' are one lot to whoever reads the pack."""
    return "".join(c for c in fold_text(number) if c.isalnum())


def is_own_number(number: str) -> bool:
    """Did the shop number this lot itself when it was received (`261124-17-2`), because nothing is printed on the goods?"""
    return bool(_OWN_NUMBER.fullmatch(number))


def refuse_odd_dates(made_on: date | None, expires_on: date | None, at: datetime) -> None:
    """Raises Refused (`made_after_end`, `made_in_future`)."""
    if made_on and expires_on and expires_on < made_on:
        raise Refused.because("made_after_end", made=made_on, ends=expires_on)
    if made_on and made_on > business_day(at):
        raise Refused.because("made_in_future", made=made_on)


def save_lot(session: Session, lot: Lot, *, by: Actor, at: datetime) -> Lot:
    """Keep a new or completed lot; its earlier state stays in the journal. Raises Refused (`made_after_end`, `made_in_future`)."""
    refuse_odd_dates(lot.made_on, lot.expires_on, at)
    is_new = lot.id is None
    if is_new:
        lot.trace_code = secrets.token_urlsafe(9)
        session.add(lot)
    session.flush()
    record(session, "lot_added" if is_new else "lot_changed", by=by, at=at, subject=lot, facts=[lot])
    return lot


def place_hold(
    session: Session,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    kind: str = "hold",
    product_id: int | None = None,
    lot_id: int | None = None,
    batch: int | None = None,
) -> Hold:
    """Stop a lot or a whole product, from now on, at every till. Raises Refused (`reason_missing`)."""
    if not reason.strip():
        raise Refused.because("reason_missing")
    if (product_id is None) == (lot_id is None):
        raise ValueError("a stop is on a product or on a lot")
    hold = Hold(kind=kind, product_id=product_id, lot_id=lot_id, reason=reason.strip(), at=at, batch=batch)
    session.add(hold)
    session.flush()
    record(session, "stopped", by=by, at=at, subject=hold, seals=[hold], reason=hold.reason)
    return hold


def place_holds(
    session: Session, product_ids: Iterable[int], *, reason: str, by: Actor, at: datetime
) -> Sequence[Hold]:
    """Stop several products at once (of a producer, of a paper): one recall, one list, one release.

    Raises Refused (`reason_missing`, `nothing_to_stop`).
    """
    wanted = sorted(set(product_ids))
    if not wanted:
        raise Refused.because("nothing_to_stop")
    batch = next_number(session, Hold.batch)
    return [place_hold(session, reason=reason, by=by, at=at, product_id=id_, batch=batch) for id_ in wanted]


def list_hold_batch(session: Session, hold: Hold) -> Sequence[Hold]:
    """The stops that were set together with this one; itself alone, where it was set alone."""
    if hold.batch is None:
        return [hold]
    return session.scalars(
        select(Hold).where(Hold.batch == hold.batch, Hold.releases_id.is_(None)).order_by(Hold.id)
    ).all()


def find_release(session: Session, hold: Hold) -> Hold | None:
    return session.scalars(select(Hold).where(Hold.releases_id == hold.id)).first()


def end_holds(
    session: Session, hold: Hold, *, reason: str, by: Actor, approval: Approval, at: datetime
) -> None:
    """End every stop that was set together with this one and still holds. Raises Refused as `end_hold` does."""
    holding = [item for item in list_hold_batch(session, hold) if find_release(session, item) is None]
    for item in holding or [hold]:
        end_hold(session, item, reason=reason, by=by, approval=approval, at=at)


def end_hold(
    session: Session, hold: Hold, *, reason: str, by: Actor, approval: Approval, at: datetime
) -> Hold:
    """End a stop; a second person must have agreed.

    Raises Refused (`second_person_needed`, `reason_missing`, `already_released`).
    """
    if not reason.strip():
        raise Refused.because("reason_missing")
    if find_release(session, hold) is not None or hold.releases_id is not None:
        raise Refused.because("already_released")
    require_second(session, by, approval)
    end = Hold(
        kind=hold.kind, product_id=hold.product_id, lot_id=hold.lot_id, reason=reason.strip(), at=at,
        releases_id=hold.id,
    )  # fmt: skip
    session.add(end)
    session.flush()
    record(session, "released", by=by, at=at, subject=hold, seals=[end], **describe_approval(approval))
    return end
