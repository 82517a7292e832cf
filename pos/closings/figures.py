"""closings/figures.py — what a shift or a period came to, as a closing freezes it: read from the ledger, in đồng and counts.

Figures are plain JSON, so that a signature covers them as they are: `sales`, `refunds` and `voids` with their number
and amounts; `tenders`, `groups`, `cashiers` and `vat` as rows; `discounts` by kind and `corrections` of tenders; a shift's `drawer`, `cash`, `notes` counted and `acts`; the `money` that was
received without a sale, and what of a shift's is still `to_give_back`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..kernel.clock import day_end, day_start
from ..kernel.tables import NumberGap
from ..law.taxpayers import VatMethod
from ..printing.models import JobState, PrintJob
from ..reports.sold_lines import EXTRAS
from ..sales.basket import find_open_basket, list_parked_at
from ..sales.basket_money import list_open_takings
from ..sales.models import Discount, Sale, SaleLine, Tender
from ..sales.money_models import Taking, TenderCorrection
from ..shifts.cash_balances import sum_float_differences_vnd
from ..shifts.drawer import ShiftTakings, sum_takings
from ..shifts.hand_over import list_hand_overs
from ..shifts.models import CashDocument, DrawerMove, Shift, ShiftClose
from ..shifts.queries import list_acts
from ..vouchers.models import Voucher, VoucherKind, VoucherMove, VoucherMoveKind
from .models import ZReport
from .money_figures import describe_to_give_back, list_money, list_shift_money, sum_terminal
from .transfer_figures import describe_claims, describe_transfers, list_carried_transfers

Figures = dict[str, Any]


def read_shift_figures(
    session: Session, shift: Shift, close: ShiftClose | None = None, notes: Mapping[int, int] | None = None
) -> Figures:
    """An X at any time; with the shift's close what its Z freezes. `notes`: how many of each note were counted."""
    takings = sum_takings(session, shift)
    figures = _read_sales(session, Sale.shift_number == shift.number) | {
        "shift": shift.number, "station": shift.station, "opened_at": shift.opened_at.isoformat(), "opened_by": shift.opener_name,
        "drawer": _describe_drawer(takings, close) | _describe_float(session, shift),
        "terminal_vnd": sum_terminal(session, shift), "money": list_shift_money(session, shift), **describe_to_give_back(session, shift),
        "corrections": _read_corrections(session, TenderCorrection.shift_number == shift.number),
        "cash": _read_cash(session, shift),
        **describe_transfers(session, shift, close),
        "hand_overs": [
            {"from": each.from_name, "to": each.to_name, "expected_vnd": each.expected_vnd, "counted_vnd": each.counted_vnd}
            for each in list_hand_overs(session, shift.number)
        ],
        "acts": _count_acts(session, shift),
        "carried": {
            "parked": len(list_parked_at(session, shift.station)),
            "received_vnd": _sum_on_baskets(session, shift.station),
            **list_carried_transfers(session, shift),
            "unprinted": session.scalar(select(func.count()).where(PrintJob.state == JobState.WAITING)) or 0,
        },
    }  # fmt: skip
    if notes:
        figures["notes"] = {str(note): count for note, count in sorted(notes.items(), reverse=True) if count}
    return figures


def _describe_drawer(takings: ShiftTakings, close: ShiftClose | None) -> dict[str, int]:
    drawer = {
        "float_vnd": takings.float_vnd, "sales_vnd": takings.sales_vnd, "refunds_vnd": takings.refunds_vnd,
        "cash_in_vnd": takings.cash_in_vnd, "cash_out_vnd": takings.cash_out_vnd, "expected_vnd": takings.expected_vnd,
    }  # fmt: skip
    if takings.takings_vnd:
        drawer["takings_vnd"] = takings.takings_vnd
    if takings.corrections_vnd:
        drawer["corrections_vnd"] = takings.corrections_vnd
    if takings.difference_vnd:
        drawer["hand_over_difference_vnd"] = takings.difference_vnd
    if close is not None:
        difference = close.counted_vnd - close.expected_vnd
        drawer |= {"counted_vnd": close.counted_vnd, "difference_vnd": difference}
        if close.stays_vnd is not None:
            to_safe_vnd = close.counted_vnd - close.stays_vnd
            drawer |= {"to_safe_vnd": to_safe_vnd, "stays_vnd": close.stays_vnd}
    return drawer


def _describe_float(session: Session, shift: Shift) -> dict[str, int]:
    """What the float was over what had stayed in the drawer; nothing where it was exact."""
    difference_vnd = sum_float_differences_vnd(session, [shift.number]).get(shift.number)
    return {"float_difference_vnd": difference_vnd} if difference_vnd else {}


def _read_cash(session: Session, shift: Shift) -> list[Figures]:
    """Cash into (above 0) and out of the drawer besides sales, by what it was for."""
    query = (
        select(CashDocument.category, func.count(), func.sum(DrawerMove.amount_vnd))
        .join(DrawerMove, DrawerMove.id == CashDocument.drawer_move_id)
        .where(DrawerMove.shift_number == shift.number)
        .group_by(CashDocument.category)
        .order_by(CashDocument.category)
    )
    return [
        {"category": category, "count": count, "amount_vnd": int(amount)}
        for category, count, amount in session.execute(query)
    ]


def _count_acts(session: Session, shift: Shift) -> dict[str, int]:
    """How often each watched act was done at the till in the shift."""
    counts: dict[str, int] = {}
    for act in list_acts(session, shift):
        counts[act.kind] = counts.get(act.kind, 0) + 1
    return dict(sorted(counts.items()))


def read_period_figures(session: Session, first: date, last: date) -> Figures:
    """What was sold on the business days from `first` to `last`, and the Zs of shifts that closed on them."""
    closed = select(ZReport.number).where(ZReport.at >= day_start(first), ZReport.at < day_end(last))
    return _read_sales(session, Sale.business_day.between(first, last)) | {
        "first_day": first.isoformat(), "last_day": last.isoformat(),
        "money": list_money(session, Taking.business_day.between(first, last), Sale.business_day.between(first, last)),
        "corrections": _read_corrections(session, TenderCorrection.business_day.between(first, last)),
        "vouchers_ended_vnd": -_sum_ended(session, first, last),
        **describe_claims(session, first, last),
        "z_reports": list(session.scalars(closed.order_by(ZReport.number))),
    }  # fmt: skip


def _sum_on_baskets(session: Session, station: str) -> int:
    """What was received for baskets that still lie at the till."""
    baskets = list_parked_at(session, station)
    if (basket := find_open_basket(session, station)) is not None:
        baskets.append(basket)
    return sum(taking.amount_vnd for each in baskets for taking in list_open_takings(session, each.id))


def _sum_ended(session: Session, first: date, last: date) -> int:
    """What went off sold vouchers because their last day was past: an income. Below 0, as it stands on the vouchers."""
    query = (
        select(func.coalesce(func.sum(VoucherMove.amount_vnd), 0))
        .join(Voucher, Voucher.number == VoucherMove.voucher_number)
        .where(
            Voucher.kind == VoucherKind.SOLD, VoucherMove.kind == VoucherMoveKind.EXPIRED,
            VoucherMove.business_day.between(first, last),
        )
    )  # fmt: skip
    return int(session.scalar(query) or 0)


def _read_sales(session: Session, which: ColumnElement[bool]) -> Figures:
    return {
        **_read_totals(session, which),
        "tenders": _read_tenders(session, which),
        "groups": _read_groups(session, which),
        "cashiers": _read_cashiers(session, which),
        "vat": _read_vat(session, which),
        "discounts": _read_discounts(session, which),
    }


def _read_totals(session: Session, which: ColumnElement[bool]) -> Figures:
    """Sales, refunds and voids apart, each as it was written: refunds and voids are below 0."""
    is_refund = Sale.refunds.is_not(None)
    is_void = Sale.is_void.is_(True)
    totals: Figures = {
        name: {"count": 0, "total_vnd": 0, "rounding_vnd": 0, "due_vnd": 0} for name in ("sales", "refunds", "voids")
    }  # fmt: skip
    sums = select(
        is_refund, is_void, func.count(), func.sum(Sale.total_vnd), func.sum(Sale.rounding_vnd),
        func.min(Sale.number), func.max(Sale.number),
    )  # fmt: skip
    numbers: list[int] = []
    for refund, void, count, total, rounding, lowest, highest in session.execute(
        sums.where(which).group_by(is_refund, is_void)
    ):
        kind = totals["voids" if void else "refunds" if refund else "sales"]
        kind["count"] += count
        kind["total_vnd"] += int(total)
        kind["rounding_vnd"] += int(rounding)
        kind["due_vnd"] += int(total) - int(rounding)
        numbers += [lowest, highest]
    return totals | {"receipts": [min(numbers), max(numbers)] if numbers else []}


def _read_tenders(session: Session, which: ColumnElement[bool]) -> list[Figures]:
    """By kind of tender: what was taken for sales, and given back (below 0)."""
    is_refund = Sale.refunds.is_not(None)
    query = (
        select(Tender.kind, is_refund, func.count(), func.sum(Tender.amount_vnd))
        .join(Sale, Sale.number == Tender.sale_number)
        .where(which)
        .group_by(Tender.kind, is_refund)
        .order_by(Tender.kind, is_refund)
    )
    found: dict[str, Figures] = {}
    for kind, refund, count, amount in session.execute(query):
        row = found.setdefault(
            kind, {"kind": kind, "taken": 0, "taken_vnd": 0, "back": 0, "given_back_vnd": 0}
        )
        row["back" if refund else "taken"] += count
        row["given_back_vnd" if refund else "taken_vnd"] += int(amount)
    return list(found.values())


def _read_discounts(session: Session, which: ColumnElement[bool]) -> list[Figures]:
    """By kind what was taken off, less what came back of it."""
    query = (
        select(Discount.kind, func.count(Discount.sale_number.distinct()), func.sum(Discount.amount_vnd))
        .join(Sale, Sale.number == Discount.sale_number)
        .where(which)
        .group_by(Discount.kind)
        .order_by(Discount.kind)
    )
    return [
        {"kind": kind, "sales": sales, "off_vnd": int(off)} for kind, sales, off in session.execute(query)
    ]


def _read_corrections(session: Session, which: ColumnElement[bool]) -> list[Figures]:
    query = (
        select(TenderCorrection.from_kind, TenderCorrection.to_kind, func.count(), func.sum(TenderCorrection.amount_vnd))
        .where(which)
        .group_by(TenderCorrection.from_kind, TenderCorrection.to_kind)
        .order_by(TenderCorrection.from_kind)
    )  # fmt: skip
    return [
        {"from": before, "to": after, "count": count, "amount_vnd": int(amount)}
        for before, after, count, amount in session.execute(query)
    ]


def _read_groups(session: Session, which: ColumnElement[bool]) -> list[Figures]:
    """By group of goods: what was paid for their lines, refunds taken off."""
    group = func.coalesce(Product.group_code, EXTRAS)
    query = (
        select(group, func.count(), func.sum(SaleLine.paid_vnd))
        .join(Sale, Sale.number == SaleLine.sale_number)
        .outerjoin(Product, Product.id == SaleLine.product_id)
        .where(which)
        .group_by(group)
        .order_by(group)
    )
    return [
        {"group": code, "lines": lines, "paid_vnd": int(paid)} for code, lines, paid in session.execute(query)
    ]


def _read_cashiers(session: Session, which: ColumnElement[bool]) -> list[Figures]:
    """By cashier: sales, and what they gave back (below 0)."""
    is_refund = Sale.refunds.is_not(None)
    query = (
        select(Sale.cashier_name, is_refund, func.count(), func.sum(Sale.total_vnd - Sale.rounding_vnd))
        .where(which)
        .group_by(Sale.cashier_name, is_refund)
        .order_by(Sale.cashier_name, is_refund)
    )
    found: dict[str, Figures] = {}
    for name, refund, count, due in session.execute(query):
        row = found.setdefault(
            name, {"name": name, "sales": 0, "sales_vnd": 0, "refunds": 0, "refunds_vnd": 0}
        )
        row["refunds" if refund else "sales"] += count
        row["refunds_vnd" if refund else "sales_vnd"] += int(due)
    return list(found.values())


def _read_vat(session: Session, which: ColumnElement[bool]) -> list[Figures]:
    """By rate the tax within what was paid, half up to the đồng: for sales under the credit method alone (law 48/2024/QH15, art. 11)."""
    query = (
        select(SaleLine.vat_bp, func.sum(SaleLine.paid_vnd))
        .join(Sale, Sale.number == SaleLine.sale_number)
        .where(which, Sale.vat_method == VatMethod.CREDIT)
        .group_by(SaleLine.vat_bp)
        .order_by(SaleLine.vat_bp)
    )
    return [
        {"vat_bp": bp, "paid_vnd": int(paid), "vat_vnd": find_tax_within(int(paid), bp)}
        for bp, paid in session.execute(query)
    ]


def find_tax_within(paid_vnd: int, vat_bp: int) -> int:
    """The tax in a sum that holds it, half up to the đồng (away from nought for what was given back)."""
    whole = 10_000 + vat_bp
    tax = (2 * abs(paid_vnd) * vat_bp + whole) // (2 * whole)
    return tax if paid_vnd >= 0 else -tax


def list_gaps_since(session: Session, since: datetime | None) -> list[Figures]:
    """The numbers that restores have left out since the closing before, for the next one to state."""
    query = select(NumberGap).order_by(NumberGap.id)
    if since is not None:
        query = query.where(NumberGap.at > since)
    return [
        {"series": gap.series, "first": gap.after + 1, "last": gap.up_to} for gap in session.scalars(query)
    ]
