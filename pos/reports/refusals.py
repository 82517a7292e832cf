"""reports/refusals.py — what the gate refused of late, how often, and where each is mended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..admission.models import PaperKind
from ..admission.reasons import GATE
from ..journal.models import JournalRow
from ..journal.payload import read_payload, read_rows
from ..kernel.reason import Reason

Where = tuple[str, dict[str, Any]]  # an endpoint with its values


@dataclass(slots=True)
class RefusedGoods:
    """One reason for one product (or unknown code), however often it was met."""

    reason: Reason
    product: str
    product_id: int | None
    times: int = 0
    last_at: datetime | None = None
    stations: set[str] = field(default_factory=set)
    is_called: bool = False

    @property
    def mended_at(self) -> Where:
        """The page where a manager mends it."""
        return find_remedy_page(self.reason, self.product_id, self.product)


def list_refusals(session: Session, since: datetime) -> list[RefusedGoods]:
    """Everything the gate refused since then, and packs set aside: called for first, then the most often met."""
    found: dict[tuple[str, str], RefusedGoods] = {}
    rows = session.scalars(
        select(JournalRow)
        .where(JournalRow.kind.in_(("refused", "manager_called", "pack_set_aside")), JournalRow.at >= since)
        .order_by(JournalRow.seq)
    )
    for row in rows:
        details = read_payload(row.payload)
        if row.kind == "manager_called":
            _mark_called(found.values(), details)
            continue
        if row.kind == "pack_set_aside":  # nothing was refused: a cashier wants it looked at
            facts = {"code": "dates_differ", "product": details.get("product"), "lot": details.get("lot")}
            _count(found, row, facts).is_called = True
            continue
        for facts in read_rows(details, "reasons"):
            if facts.get("code") in GATE:
                _count(found, row, facts)
    return sorted(found.values(), key=lambda item: (not item.is_called, -item.times, item.product))


def count_refusals(session: Session, since: datetime) -> int:
    """How often the gate refused since then: goods refused for two reasons at once are one refusal."""
    rows = session.scalars(
        select(JournalRow.payload).where(JournalRow.kind == "refused", JournalRow.at >= since)
    )
    return sum(
        any(facts.get("code") in GATE for facts in read_rows(read_payload(payload), "reasons"))
        for payload in rows
    )


def _count(
    found: dict[tuple[str, str], RefusedGoods], row: JournalRow, facts: dict[str, Any]
) -> RefusedGoods:
    code = facts["code"]
    product = str(facts.get("product") or facts.get("scanned") or "")
    reason = Reason.from_plain({name: value for name, value in facts.items() if name != "line"})
    what = f"{code}:{facts.get('paper', '')}"  # two licences that are missing are two things to mend
    item = found.setdefault((what, product), RefusedGoods(reason, product, facts.get("product_id")))
    item.reason, item.times, item.last_at = reason, item.times + 1, row.at
    item.product_id = facts.get("product_id") or item.product_id
    item.stations.add(row.station)
    return item


def _mark_called(known: Any, details: dict[str, Any]) -> None:
    for item in known:
        if item.product == details.get("product") and item.reason.code in details.get("codes", ()):
            item.is_called = True


_PAPERS = {
    "no_certificate", "certificate_ended", "certificate_not_yet", "certificate_revoked", "certificate_other_product",
    "no_food_safety", "food_safety_ended", "no_declaration", "no_licence", "too_few_stars",
}  # fmt: skip


def find_remedy_page(reason: Reason, product_id: int | None, product: str) -> Where:
    """The page on which a refusal is mended: its endpoint and its values."""
    code, scanned = reason.code, str(reason.facts.get("scanned", ""))
    if code == "unknown_code":
        return "admission.edit_product", {"barcode": scanned if scanned.isdigit() else None}
    if code == "class_not_admitted":
        return "admission.edit_policy", {}
    if code == "producer_suspended":
        return "producers.list_producers", {}
    if product_id is None:
        return "catalog.list_products", {"q": product}
    if code in _PAPERS:
        return "admission.edit_paper", {"product": product_id, "kind": _find_paper_kind(reason)}
    if code in {"label_incomplete", "banned"}:
        return "admission.edit_product", {"product_id": product_id}
    return "admission.show_product", {"product_id": product_id}


def _find_paper_kind(reason: Reason) -> str | None:
    """The kind of paper that is missing; None for the one of the product's class."""
    if reason.code in {"no_food_safety", "food_safety_ended"}:
        return PaperKind.FOOD_SAFETY.value
    asked = reason.facts.get("paper")
    return str(asked) if asked else None


def count_called(found: Sequence[RefusedGoods]) -> int:
    return sum(item.is_called for item in found)
