"""sales/refund.py — goods come back: money out, goods to quarantine, never more than was paid."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..identity.sign_in import approved_by
from ..journal.record import canonical, record
from ..kernel.actor import Actor, Approval, Role
from ..kernel.clock import business_day
from ..kernel.errors import NotAllowed, NotFound, Refused
from ..kernel.money import amount_vnd, part_of
from ..kernel.quantity import Unit
from ..shifts.drawer import expected_vnd, get_open_shift
from ..shifts.models import DrawerKind, Shift
from ..shop.models import get_shop
from ..stock.models import MoveKind, Place, Zone
from ..stock.moves import Step, post
from .models import Sale, SaleLine
from .pay import answered, next_sale_number, take_money, write_lines
from .queries import came_back, lines_of


def get_sale(session: Session, number: int) -> Sale:
    sale = session.get(Sale, number)
    if sale is None:
        raise NotFound.because("sale_not_found", number=number)
    return sale


def refunded_milli(session: Session, sale: Sale) -> dict[int, int]:
    """How much of each line has come back already."""
    back = came_back(session, Sale.refunds == sale.number)
    return defaultdict(int, {n: quantity for (_, n), quantity in back.items()})


def refund(
    session: Session,
    sale: Sale,
    parts: Mapping[int, int],
    *,
    reason: str,
    request: str,
    station: str,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> Sale:
    """Give back parts of a sale (`parts`: line number → thousandths), in cash, and set the goods aside.

    Over the shop's limit (all refunds of the sale together) a cashier needs a manager's approval
    (NotAllowed `approval_needed`). Raises Refused (`not_refundable`, `lines_missing`, `quantity_odd`,
    `refund_too_much`, `reason_missing`, `drawer_short`, `no_open_shift`, `no_quarantine`). The gate isn't
    asked to take goods back: they go to quarantine until a manager admits them again. `request` answers the same request twice with one refund.
    """
    parts = {n: quantity for n, quantity in parts.items() if quantity}
    key = f"refund:{sale.number}:{request}"
    body = canonical({str(n): quantity for n, quantity in sorted(parts.items())})
    if (done := answered(session, key, body)) is not None:
        return done
    if sale.refunds is not None:
        raise Refused.because("not_refundable")
    if not parts:
        raise Refused.because("lines_missing")
    if not reason.strip():
        raise Refused.because("reason_missing")
    back = _parts_back(session, sale, parts)
    paid_back = sum(amount for _, _, amount in back)
    limit = get_shop(session).refund_limit_vnd
    if paid_back + _refunded_vnd(session, sale) > limit and by.role is not Role.MANAGER and approval is None:
        raise NotAllowed.because("approval_needed", limit_vnd=limit)
    shift = get_open_shift(session, station)
    if expected_vnd(session, shift) < paid_back:
        raise Refused.because("drawer_short")
    place_id = _quarantine(session)
    return write_back(
        session, sale, back, shift, lambda _line: place_id, MoveKind.RETURNED, key=key, body=body, reason=reason,
        by=by, at=at, approval=approval,
    )  # fmt: skip


Back = tuple[SaleLine, int, int]  # a sold line, the thousandths that come back, what was paid for just those


def write_back(
    session: Session,
    sale: Sale,
    back: Sequence[Back],
    shift: Shift,
    place_of: Callable[[SaleLine], int],
    move: MoveKind,
    *,
    key: str,
    body: str,
    reason: str,
    by: Actor,
    at: datetime,
    approval: Approval | None,
    is_void: bool | None = None,
) -> Sale:
    """Write the mirror image of what comes back: sale, lines, goods, money, journal."""
    paid_back = sum(amount for _, _, amount in back)
    rows = [_row(line, n, quantity, amount) for n, (line, quantity, amount) in enumerate(back, 1)]
    total = sum(row["amount_vnd"] for row in rows)
    returned = Sale(
        number=next_sale_number(session), shift_number=shift.number, basket_id=None, request_key=key, request_body=body,
        receipt_code=secrets.token_urlsafe(12), at=at, business_day=business_day(at), cashier_id=by.person_id,
        cashier_name=by.name, total_vnd=total, rounding_vnd=total + paid_back, refunds=sale.number,
        reason=reason.strip(), is_void=is_void,
    )  # fmt: skip
    session.add(returned)
    session.flush()
    for row in rows:
        row["sale_number"] = returned.number
    steps = [
        Step(line.lot_id, place_of(line), move, quantity, f"sale_line:{returned.number}.{n}")
        for n, (line, quantity, _) in enumerate(back, 1)
        if line.lot_id is not None
    ]
    seals = write_lines(session, rows) | post(session, steps, at)
    seals |= take_money(session, returned, -paid_back, -paid_back, DrawerKind.REFUND)
    record(session, "voided" if is_void else "refunded", by=by, at=at, subject=returned, seals=[returned],
           sealed=seals, refunds=sale.number, paid_back_vnd=paid_back, reason=returned.reason,
           **approved_by(approval))  # fmt: skip
    return returned


def _refunded_vnd(session: Session, sale: Sale) -> int:
    """What went back of this sale so far: a limit that counts each refund by itself is none."""
    paid = select(func.coalesce(func.sum(Sale.total_vnd - Sale.rounding_vnd), 0)).where(
        Sale.refunds == sale.number
    )
    return -int(session.scalar(paid) or 0)


def _parts_back(session: Session, sale: Sale, parts: Mapping[int, int]) -> list[Back]:
    """Each line with the quantity that comes back and what was paid for just that."""
    lines = {line.n: line for line in lines_of(session, sale.number)}
    before = refunded_milli(session, sale)
    back = []
    for n, quantity in sorted(parts.items()):
        line = lines.get(n)
        if line is None:
            raise NotFound.because("line_gone")
        if quantity < 0 or not Unit(line.unit).allows(quantity):
            raise Refused.because("quantity_odd", product=line.name)
        if before[n] + quantity > line.quantity_milli:
            raise Refused.because("refund_too_much", product=line.name, left=line.quantity_milli - before[n])
        back.append((line, quantity, part_of(line.paid_vnd, before[n], quantity, line.quantity_milli)))
    return back


def _row(line: SaleLine, n: int, quantity_milli: int, paid_back_vnd: int) -> dict[str, Any]:
    """The refund's line: the sold one's mirror, for the part that comes back."""
    return {
        "sale_number": None, "n": n, "product_id": line.product_id, "extra_id": line.extra_id,
        "producer_id": line.producer_id,
        "lot_id": line.lot_id, "lot_known_by": line.lot_known_by, "place_id": line.place_id, "name": line.name,
        "stars": line.stars, "unit": line.unit, "quantity_milli": -quantity_milli, "price_vnd": line.price_vnd,
        "amount_vnd": -amount_vnd(line.price_vnd, quantity_milli), "paid_vnd": -paid_back_vnd,
        "vat_bp": line.vat_bp, "vat_category": line.vat_category, "terms_id": line.terms_id, "refunds_line": line.n,
    }  # fmt: skip


def _quarantine(session: Session) -> int:
    place_id = session.scalars(
        select(Place.id).where(Place.zone == Zone.QUARANTINE).order_by(Place.id)
    ).first()
    if place_id is None:
        raise Refused.because("no_quarantine")
    return place_id
