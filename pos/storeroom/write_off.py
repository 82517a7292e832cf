"""storeroom/write_off.py — goods leave unsold: spoiled, destroyed, given back to their producer, tasted.

The gate isn't asked: what may not be sold is just what must be able to go.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..catalog.products import get_product
from ..files.models import StoredFile
from ..identity.second_person import require_second
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.errors import Refused
from ..kernel.quantity import Unit
from ..kernel.tables import next_number
from ..kernel.text import normalize_text
from ..producers.models import Bearer, Cost, ProducerTerms
from ..stock.lot_terms import list_lot_terms
from ..stock.models import LEAVING, Lot, MoveKind, OnHand, Place
from ..stock.moves import StockStep, post_moves
from .models import WriteOff
from .move import require_on_hand


def write_off(
    session: Session,
    lot: Lot,
    place_id: int,
    quantity_milli: int,
    kind: MoveKind,
    *,
    reason: str,
    photo: StoredFile | None,
    approval: Approval,
    by: Actor,
    at: datetime,
) -> WriteOff:
    """Take goods of a lot out of the books, with a witness. Works for expired and stopped lots, too.

    Raises Refused (`reason_missing`, `quantity_odd`, `not_on_hand`, `second_person_needed`), NotAllowed (`manager_needed`).
    """
    if kind not in LEAVING:
        raise ValueError(kind)
    require_manager(by, approval)
    require_second(session, by, approval)
    product = get_product(session, lot.product_id)
    if not reason.strip():
        raise Refused.because("reason_missing")
    if not Unit(product.unit).allows(quantity_milli):
        raise Refused.because("quantity_odd", product=product.name)
    require_on_hand(session, lot, product, place_id, quantity_milli)
    row = WriteOff(
        number=next_number(session, WriteOff.number), lot_id=lot.id, place_id=place_id,
        kind=kind.value, quantity_milli=quantity_milli, reason=normalize_text(reason), borne_by=find_bearer(session, lot, kind).value,
        witness=approval.by.name, by_name=by.name, file_id=photo.id if photo else None, at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    seals = post_moves(
        session, [StockStep(lot.id, place_id, kind, -quantity_milli, f"write_off:{row.number}")], at
    )
    record(session, "written_off", by=by, at=at, subject=row, seals=[row], sealed=seals, what=kind.value,
           reason=row.reason, **describe_approval(approval))  # fmt: skip
    return row


def find_bearer(session: Session, lot: Lot, kind: MoveKind) -> Bearer:
    """Who bears it: what goes back is its producer's again; spoilage and samples by the lot's terms."""
    if kind is MoveKind.TO_PRODUCER:
        return Bearer.PRODUCER
    terms_id = list_lot_terms(session, [lot.id]).get(lot.id)
    terms = session.get(ProducerTerms, terms_id) if terms_id else None
    if terms is None:
        return Bearer.SHOP
    return terms.find_bearer(Cost.SAMPLE if kind is MoveKind.TASTED else Cost.SPOILAGE)


def list_write_offs(session: Session, limit: int = 100) -> Sequence[Any]:
    """The newest first, each with its lot and product."""
    return session.execute(
        select(WriteOff, Lot, Product)
        .join(Lot, Lot.id == WriteOff.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .order_by(WriteOff.number.desc())
        .limit(limit)
    ).all()


def list_ending_lots(session: Session, on: date, within: timedelta) -> Sequence[Any]:
    """Lots on hand that end within so long, or have ended: the first to end first, with where each lies."""
    return session.execute(
        select(Lot, Product, Place, OnHand.quantity_milli)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .join(Product, Product.id == Lot.product_id)
        .where(OnHand.quantity_milli > 0, Lot.expires_on <= on + within)
        .order_by(Lot.expires_on, Product.search_key, Lot.id)
    ).all()
