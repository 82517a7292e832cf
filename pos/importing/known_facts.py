"""importing/known_facts.py — what the books hold, read once for a preview: goods sold no more, covers, what is awaited."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..admission.models import PaperCover
from ..catalog.models import Product
from ..journal.models import JournalRow
from ..kernel.text import fold_text
from ..storeroom.announce import list_expected

Identity = tuple[str, str, str]  # producer, name, pack

TAKEN_BACK = " (bỏ "  # within the numbers that a taken back import set free

# What somebody may have done since that a row would be judged otherwise by.
_CHANGES = (
    "counted", "fact_changed", "import_taken_back", "imported", "lot_added", "lot_changed", "moved", "opening_stock", "paper_added", "paper_changed",
    "paper_revoked", "paper_taken_over", "place_added", "policy_changed", "price_set", "prices_set", "prices_taken_back",
    "producer_added", "producer_changed", "product_added", "product_changed", "received", "receiving_reversed", "sets_made",
)  # fmt: skip


def find_newest_change(session: Session) -> int:
    """The number of the newest act after which a row could be judged otherwise; 0 for none."""
    return session.scalar(select(func.max(JournalRow.seq)).where(JournalRow.kind.in_(_CHANGES))) or 0


def has_changed_since(session: Session, seq: int) -> bool:
    """Has something been done after this act by which a row could be judged otherwise?"""
    later = select(JournalRow.kind).where(JournalRow.seq > seq, JournalRow.kind.in_(_CHANGES))
    return session.scalar(select(later.exists())) is True


def list_retired(products: Sequence[Product], makers: dict[int, str]) -> dict[str | Identity, str]:
    """Names by number, barcodes and identity; what a taken back import made is in no list's way."""
    found: dict[str | Identity, str] = {}
    for product in products:
        if TAKEN_BACK in product.sku:
            continue
        keys = (product.sku, *(code.gtin for code in product.barcodes))
        found |= dict.fromkeys(keys, product.name)
        found[identify_goods(makers[product.producer_id], product.name_vi, product.pack)] = product.name
    return found


def list_awaited(session: Session) -> set[int]:
    """The products that an announced delivery is to bring."""
    return {line.product_id for announced in list_expected(session) for line in announced.lines}


def list_covers(session: Session) -> dict[int, dict[int, tuple[int | None, str]]]:
    found: dict[int, dict[int, tuple[int | None, str]]] = {}
    for cover in session.scalars(select(PaperCover)):
        found.setdefault(cover.paper_id, {})[cover.product_id] = (cover.stars, cover.name_written)
    return found


def name_key(values: dict[str, Any]) -> tuple[str, str]:
    return fold_text(values.get("producer_name") or ""), fold_text(values.get("name_vi") or "")


def name_of(values: dict[str, Any]) -> tuple[str, str]:
    return values.get("name_vi") or "", values.get("pack") or ""


def identify_goods(producer: str, name: str, pack: str) -> Identity:
    """The name's accents are kept: two products may differ in one."""
    return producer, name.lower().strip(), fold_text(pack)
