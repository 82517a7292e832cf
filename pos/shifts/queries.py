"""shifts/queries.py — what happened in a shift besides plain sales: cash moves, refunds, lines taken off, looks at prices."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..journal.models import JournalRow
from ..kernel.money import amount_vnd
from .models import Shift

WATCHED = (
    "cash_moved", "drawer_opened", "refunded", "voided", "line_voided", "line_lessened", "parked", "taken_over",
    "price_checked", "shelf_price_kept", "dates_differ", "pack_set_aside", "refused", "pin_wrong",
)  # fmt: skip
EMPTIED = "basket_emptied"  # a line taken off that was the last one


@dataclass(frozen=True, slots=True)
class ShiftAct:
    """One act of a shift. `amount_vnd`: money that moved, or the value of what was taken off; None: no money in it."""

    seq: int
    at: datetime
    kind: str
    who: str
    approved_by: str
    amount_vnd: int | None
    product: str
    reason: str


@dataclass(frozen=True, slots=True)
class CashierActs:
    """How often one person did each kind of act in a shift, and for how much in all."""

    who: str
    times: Counter[str]
    amounts_vnd: Counter[str]


def list_acts(session: Session, shift: Shift) -> list[ShiftAct]:
    """The watched acts at the shift's till from its opening to its close (or until now), oldest first."""
    subject = f"shift:{shift.number}"
    bounds = select(JournalRow.kind, JournalRow.seq).where(
        JournalRow.subject == subject, JournalRow.kind.in_(("shift_opened", "shift_closed"))
    )
    ends = dict(session.execute(bounds).tuples().all())
    rows = select(JournalRow).where(
        JournalRow.seq > ends.get("shift_opened", 0),
        JournalRow.station == shift.station,
        JournalRow.kind.in_(WATCHED),
    )
    if "shift_closed" in ends:
        rows = rows.where(JournalRow.seq < ends["shift_closed"])
    found = [(row, json.loads(row.payload)) for row in session.scalars(rows.order_by(JournalRow.seq))]
    ids = {details["product"] for _row, details in found if isinstance(details.get("product"), int)}
    named = select(Product).where(Product.id.in_(ids))
    names = {product.id: product.name for product in session.scalars(named)} if ids else {}
    return [_make_act(row, details, names) for row, details in found]


def _make_act(row: JournalRow, details: dict[str, Any], names: dict[int, str]) -> ShiftAct:
    product = details.get("product")
    return ShiftAct(
        seq=row.seq,
        at=row.at,
        kind=EMPTIED if details.get("emptied") else row.kind,
        who=row.actor,
        approved_by=str(details.get("approved_by") or ""),
        amount_vnd=_act_amount_vnd(row.kind, details),
        product=names.get(product, "") if isinstance(product, int) else str(product or ""),
        reason=str(details.get("reason") or ""),
    )


def _act_amount_vnd(kind: str, details: dict[str, Any]) -> int | None:
    if kind in {"refunded", "voided"}:
        return -int(details["paid_back_vnd"])
    if kind == "cash_moved":
        return int(details["amount_vnd"])
    if kind == "line_voided":
        return amount_vnd(details["price_vnd"], details["quantity_milli"])
    return None


def sum_by_cashier(acts: Sequence[ShiftAct]) -> list[CashierActs]:
    """The same added up by person, in the order of their names."""
    times: dict[str, Counter[str]] = defaultdict(Counter)
    amounts: dict[str, Counter[str]] = defaultdict(Counter)
    for act in acts:
        times[act.who][act.kind] += 1
        amounts[act.who][act.kind] += act.amount_vnd or 0
    return [CashierActs(who, times[who], amounts[who]) for who in sorted(times)]
