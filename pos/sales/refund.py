"""sales/refund.py — goods come back: money out, goods to quarantine, never more than was paid."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..identity.sign_in import describe_approval
from ..journal.record import canonical_json, record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.clock import business_day
from ..kernel.errors import NotFound, Refused
from ..kernel.money import amount_vnd, share_of_line
from ..kernel.quantity import Unit
from ..kernel.reason import Reason
from ..shifts.drawer import expected_cash_vnd, get_open_shift
from ..shifts.models import DrawerKind, Shift
from ..shop.models import get_shop
from ..stock.models import MoveKind, Place, Zone
from ..stock.moves import StockStep, post_moves
from ..vouchers.queries import get_voucher
from .claims import sum_unproved_vnd
from .debts import WRITTEN_OFF, list_debt_payments
from .models import Sale, SaleLine, Tender, TenderKind
from .pay import (
    find_answer,
    make_tender_row,
    move_vouchers,
    next_sale_number,
    write_discounts,
    write_lines,
    write_tenders,
)
from .queries import find_buyer_id, list_corrections, list_discounts, list_lines, sum_returned_milli
from .refund_limits import refuse_beyond_limits
from .sale_day import find_sale_day
from .tenders.kinds import CASH, TRANSFER, sort_keys, split_payout
from .tenders.part import TenderPart, make_key, parse_key
from .transfers_back import owe_transfer_back


def find_sale(session: Session, number: int) -> Sale | None:
    return session.get(Sale, number)


def get_sale(session: Session, number: int) -> Sale:
    sale = find_sale(session, number)
    if sale is None:
        raise NotFound.because("sale_not_found", number=number)
    return sale


def sum_refunded_milli(session: Session, sale: Sale) -> dict[int, int]:
    """How much of each line has come back already."""
    back = sum_returned_milli(session, Sale.refunds == sale.number)
    return defaultdict(int, {n: quantity for (_, n), quantity in back.items()})


def refund_sale(
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
    is_all_in_cash: bool = False,
) -> Sale:
    """Give back parts of a sale (`parts`: line number → thousandths) by the tenders that paid, and set the goods aside.

    What is handed over in cash is rounded down to the shop's step over all refunds of the sale, the rest at full return.
    `is_all_in_cash`: what a card or a proved transfer paid is given back in cash as well, which needs a manager's word (NotAllowed `manager_needed`).
    Beyond the shop's limits a cashier needs a manager's approval (NotAllowed with each reason). Raises Refused (`not_refundable`, `lines_missing`, `quantity_back_odd`,
    `refund_too_much`, `reason_missing`, `drawer_short`, `no_open_shift`, `no_quarantine`). The gate isn't
    asked to take goods back: they go to quarantine until a manager admits them again. `request` answers the same request twice with one refund.
    """
    parts = {n: quantity for n, quantity in parts.items() if quantity}
    key, body = f"refund:{sale.number}:{request}", describe_parts(parts)
    if (done := find_answer(session, key, body)) is not None:
        return done
    back = list_parts_back(session, sale, parts, reason)
    shift = get_open_shift(session, station)
    if is_all_in_cash:
        require_manager(by, approval)
    payout = find_payout(
        session,
        sale,
        back,
        get_shop(session).cash_rounding_vnd,
        business_day(at),
        is_all_in_cash=is_all_in_cash,
    )
    refuse_beyond_limits(session, sale, sum(payout.values()), shift, by=by, at=at, approval=approval)
    if expected_cash_vnd(session, shift) < payout.get(CASH, 0):
        raise Refused.because("drawer_short")
    place_id = find_quarantine_id(session)
    returned = write_back(
        session, sale, back, shift, lambda _line: place_id, MoveKind.RETURNED, payout=payout, key=key, body=body,
        reason=reason, by=by, at=at, approval=approval,
    )  # fmt: skip
    owe_transfer_back(session, sale, returned, payout.get(TRANSFER, 0), station=station, by=by, at=at)
    return returned


def describe_parts(parts: Mapping[int, int]) -> str:
    return canonical_json({str(n): quantity for n, quantity in sorted(parts.items())})


Back = tuple[SaleLine, int, int]  # a sold line, the thousandths that come back, what was paid for just those


def write_back(
    session: Session,
    sale: Sale,
    back: Sequence[Back],
    shift: Shift,
    place_of: Callable[[SaleLine], int],
    move: MoveKind,
    *,
    payout: Mapping[str, int],
    key: str,
    body: str,
    reason: str,
    by: Actor,
    at: datetime,
    approval: Approval | None,
    is_void: bool | None = None,
) -> Sale:
    """Write the mirror image of what comes back: sale, lines, discounts, goods, money, journal. `payout`: đồng by tender."""
    payout_vnd = sum(payout.values())
    carried_vnd = sum(amount for _, _, amount in back) - payout_vnd
    rows = [_make_line_row(line, n, quantity, amount) for n, (line, quantity, amount) in enumerate(back, 1)]
    discounts = _make_discount_rows(session, sale, back)
    total = sum(row["amount_vnd"] for row in rows) - sum(row["amount_vnd"] for row in discounts)
    returned = Sale(
        number=next_sale_number(session), shift_number=shift.number, basket_id=None, request_key=key, request_body=body,
        receipt_code=secrets.token_urlsafe(12), at=at, business_day=find_sale_day(session, at), cashier_id=by.person_id,
        cashier_name=by.name, total_vnd=total, rounding_vnd=total + payout_vnd, refunds=sale.number,
        reason=reason.strip(), is_void=is_void, carried_vnd=carried_vnd or None, vat_method=sale.vat_method,
    )  # fmt: skip
    session.add(returned)
    session.flush()
    for row in (*rows, *discounts):
        row["sale_number"] = returned.number
    steps = [
        StockStep(line.lot_id, place_of(line), move, quantity, f"sale_line:{returned.number}.{n}")
        for n, (line, quantity, _) in enumerate(back, 1)
        if line.lot_id is not None
    ]
    seals = write_lines(session, rows) | write_discounts(session, discounts) | post_moves(session, steps, at)
    seals |= write_tenders(session, returned, _list_tender_rows(session, sale, payout), DrawerKind.REFUND)
    seals |= move_vouchers(
        session, returned, _sum_back_to_vouchers(payout, discounts if is_void else ()), by=by
    )
    record(session, "voided" if is_void else "refunded", by=by, at=at, subject=returned, seals=[returned],
           sealed=seals, refunds=sale.number, paid_back_vnd=payout_vnd, reason=returned.reason,
           **_describe_payout(payout), **describe_approval(approval))  # fmt: skip
    return returned


def _list_tender_rows(session: Session, sale: Sale, payout: Mapping[str, int]) -> list[dict[str, Any]]:
    rows = []
    for key, vnd in payout.items():
        kind, voucher_number = parse_key(key)
        buyer_id = find_buyer_id(session, sale.number) if kind is TenderKind.ACCOUNT else None
        part = TenderPart(kind, -vnd, voucher_number=voucher_number, buyer_id=buyer_id)
        rows.append(make_tender_row(kind.value, -vnd, part))
    return rows


def _make_discount_rows(session: Session, sale: Sale, back: Sequence[Back]) -> list[dict[str, Any]]:
    """The share of each line's discounts that comes back with it, below 0: shares of one add up to it."""
    before = sum_refunded_milli(session, sale)
    lines = {line.n: (n, line, quantity) for n, (line, quantity, _) in enumerate(back, 1)}
    rows: list[dict[str, Any]] = []
    for off in list_discounts(session, sale.number):
        if off.line_n in lines:
            n, line, quantity = lines[off.line_n]
            share = share_of_line(off.amount_vnd, before[line.n], quantity, line.quantity_milli)
            rows.append({
                "sale_number": None, "n": len(rows) + 1, "line_n": n, "kind": off.kind, "amount_vnd": -share, "rate_bp": off.rate_bp,
                "reason": off.reason, "approved_by": off.approved_by, "voucher_number": off.voucher_number,
            })  # fmt: skip
    return rows


def _sum_back_to_vouchers(payout: Mapping[str, int], voided: Sequence[dict[str, Any]]) -> dict[int, int]:
    """What goes back onto each voucher that paid; one that was given gets its part back only where the sale never was."""
    sums: dict[int, int] = {}
    for key, vnd in payout.items():
        if (number := parse_key(key)[1]) is not None:
            sums[number] = sums.get(number, 0) + vnd
    for row in voided:
        if (number := row["voucher_number"]) is not None:
            sums[number] = sums.get(number, 0) - row["amount_vnd"]
    return {number: vnd for number, vnd in sums.items() if vnd}


def _describe_payout(payout: Mapping[str, int]) -> dict[str, Any]:
    """For the journal: what of it goes back otherwise than in cash."""
    sums: dict[str, int] = {}
    for key, vnd in payout.items():
        kind = parse_key(key)[0]
        if kind is not TenderKind.CASH:
            sums[f"{kind.value}_back_vnd"] = sums.get(f"{kind.value}_back_vnd", 0) + vnd
    return sums


def find_payout(
    session: Session,
    sale: Sale,
    back: Sequence[Back],
    step_vnd: int,
    on: date,
    *,
    is_all_in_cash: bool = False,
) -> dict[str, int]:
    """By tender what this refund gives back: of the value of all that has come back by then, what went back before taken off.

    What a voucher paid whose last day is past is given back in cash: on the voucher it would be lost.

    Over the whole sale, not a refund: 13.000 paid in cash for three at 4.500 gives 4.000, 4.000, 5.000.
    """
    upto = _sum_back_milli(session, sale, back)
    lines = list_lines(session, sale.number)
    value_vnd = sum(share_of_line(line.paid_vnd, 0, upto[line.n], line.quantity_milli) for line in lines)
    paid, given_back = sum_tenders(session, sale)
    if is_all_in_cash:
        paid.pop(TenderKind.CARD, None)
        unproved_vnd = given_back.get(TRANSFER, 0) + sum_unproved_vnd(session, sale)
        paid[TRANSFER] = min(paid.get(TRANSFER, 0), unproved_vnd)
    paid = {key: vnd for key, vnd in paid.items() if not _has_ended(session, key, on)}
    return split_payout(
        paid, given_back, value_vnd, is_all_back=is_all_back(session, sale, back), step_vnd=step_vnd
    )


def _has_ended(session: Session, key: str, on: date) -> bool:
    """Is it a voucher that is good no more?"""
    number = parse_key(key)[1]
    ends = get_voucher(session, number).expires_on if number is not None else None
    return ends is not None and ends < on


def _sum_back_milli(session: Session, sale: Sale, back: Sequence[Back]) -> dict[int, int]:
    """How much of each line has come back when these have, by the line's number."""
    returning = {line.n: quantity for line, quantity, _ in back}
    before = sum_refunded_milli(session, sale)
    return {line.n: before[line.n] + returning.get(line.n, 0) for line in list_lines(session, sale.number)}


def is_all_back(session: Session, sale: Sale, back: Sequence[Back]) -> bool:
    """Has all of the sale come back with these?"""
    upto = _sum_back_milli(session, sale, back)
    return all(upto[line.n] == line.quantity_milli for line in list_lines(session, sale.number))


def sum_tenders(session: Session, sale: Sale) -> tuple[dict[str, int], dict[str, int]]:
    """By tender (`tenders/part.py: make_key`) what it paid for the sale, and what it has given back of it.

    A wrong tender counts as it was corrected; what was paid on a debt since counts as what paid it.
    """
    rows = session.execute(
        select(Tender.kind, Tender.voucher_number, Sale.refunds, func.sum(Tender.amount_vnd))
        .join(Sale, Sale.number == Tender.sale_number)
        .where((Sale.number == sale.number) | (Sale.refunds == sale.number))
        .group_by(Tender.kind, Tender.voucher_number, Sale.refunds)
    )
    paid: dict[str, int] = defaultdict(int)
    back: dict[str, int] = defaultdict(int)
    for kind, voucher_number, refunds, amount in rows:
        key = make_key(kind, voucher_number)
        if refunds is None:
            paid[key] += int(amount)
        else:
            back[key] -= int(amount)
    for correction in list_corrections(session, sale.number):
        paid[correction.from_kind] -= correction.amount_vnd
        paid[correction.to_kind] += correction.amount_vnd
    if TenderKind.ACCOUNT in paid:
        for payment in list_debt_payments(session, sale.number):
            if payment.kind != WRITTEN_OFF:
                paid[TenderKind.ACCOUNT.value] -= payment.amount_vnd
                paid[payment.kind] += payment.amount_vnd
    return {key: paid[key] for key in sort_keys(paid)}, {key: back[key] for key in sort_keys(back)}


def list_parts_back(session: Session, sale: Sale, parts: Mapping[int, int], reason: str) -> list[Back]:
    """Each line with the quantity that comes back and what was paid for just that.

    Raises Refused (`not_refundable`) for a refund, else with everything that is wrong at once, so that each is said at its box.
    """
    if sale.refunds is not None:
        raise Refused.because("not_refundable")
    lines = {line.n: line for line in list_lines(session, sale.number)}
    before = sum_refunded_milli(session, sale)
    wrong = [] if parts else [Reason.make("lines_missing")]
    back = []
    for n, quantity in sorted(parts.items()):
        line = lines.get(n)
        if line is None:
            raise NotFound.because("line_gone")
        if quantity < 0 or not Unit(line.unit).allows(quantity):
            wrong.append(Reason.make("quantity_back_odd", product=line.name, field=f"part-{n}"))
        elif before[n] + quantity > line.quantity_milli:
            left = line.quantity_milli - before[n]
            wrong.append(Reason.make("refund_too_much", product=line.name, left=left, field=f"part-{n}"))
        else:
            paid_vnd = share_of_line(line.paid_vnd, before[n], quantity, line.quantity_milli)
            back.append((line, quantity, paid_vnd))
    if not reason.strip():
        wrong.append(Reason.make("reason_missing"))
    if wrong:
        raise Refused(*wrong)
    return back


def _make_line_row(line: SaleLine, n: int, quantity_milli: int, paid_back_vnd: int) -> dict[str, Any]:
    """The refund's line: the sold one's mirror, for the part that comes back."""
    return {
        "sale_number": None, "n": n, "product_id": line.product_id, "extra_id": line.extra_id,
        "producer_id": line.producer_id,
        "lot_id": line.lot_id, "lot_known_by": line.lot_known_by, "place_id": line.place_id, "name": line.name,
        "stars": line.stars, "unit": line.unit, "quantity_milli": -quantity_milli, "price_vnd": line.price_vnd,
        "amount_vnd": -amount_vnd(line.price_vnd, quantity_milli), "paid_vnd": -paid_back_vnd,
        "vat_bp": line.vat_bp, "vat_category": line.vat_category, "terms_id": line.terms_id, "refunds_line": line.n,
    }  # fmt: skip


def find_quarantine_id(session: Session) -> int:
    place_id = session.scalars(
        select(Place.id).where(Place.zone == Zone.QUARANTINE).order_by(Place.id)
    ).first()
    if place_id is None:
        raise Refused.because("no_quarantine")
    return place_id
