"""tags/truth_cache.py — the truth of all shelves, kept in memory and mended by what the journal says was written since.

Whatever can make a tag untrue is journaled, with the names of the rows that were written; so only the products that
those rows speak of are reckoned anew. Rows of a kind that nobody here knows, too many of them, or another day: all is.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..journal.models import JournalRow
from ..journal.payload import read_facts, read_payload
from ..journal.record import find_head
from ..kernel.tables import is_row_id
from ..pricing.models import Price
from ..stock.models import Hold, KitLotPart, Lot, StockMove
from .models import Tag, TagSeen
from .truth import TagTruth, find_truth, sort_by_walk

MOST_ACTS, MOST_ROWS = 2_000, 5_000  # beyond that, all anew is no slower

# Which products the rows of a table speak of; papers are looked up by themselves. A table that stands neither here nor
# below touches every tag (a place, the shop's policy): one that was forgotten costs time, never truth.
SPEAK_OF: dict[str, tuple[Any, Any]] = {
    "product": (select(Product.id), Product.id),
    "producer": (select(Product.id), Product.producer_id),
    "price": (select(Price.product_id), Price.id),
    "lot": (select(Lot.product_id), Lot.id),
    "stock_move": (select(Lot.product_id).join(StockMove, StockMove.lot_id == Lot.id), StockMove.id),
    "hold": (
        select(func.coalesce(Hold.product_id, Lot.product_id)).outerjoin(Lot, Lot.id == Hold.lot_id),
        Hold.id,
    ),
    "tag": (select(Tag.product_id), Tag.id),
    "tag_seen": (select(Tag.product_id).join(TagSeen, TagSeen.tag_id == Tag.id), TagSeen.id),
}
SAY_NOTHING = frozenset({
    "person", "fact_change", "sign_in", "sale", "sale_line", "tender", "basket", "basket_line", "extra", "once", "shift",
    "shift_close", "drawer_move", "shelf_price", "price_change", "tag_batch", "receiving", "receiving_line",
    "refused_line", "line_check", "quality_check", "note_scan", "announced_delivery", "announced_line",
    "write_off", "kit_lot_part", "stock_count", "count_scope", "tally", "count_result", "count_end",
    "stored_file", "proposed_paper", "proposed_price", "terms", "complaint", "cooler", "temperature", "lot_view", "recall_drill",
    "drill_found", "drill_end", "station_key", "scanner_habit", "printer_choice", "print_job", "journal",
    "told_stars", "number_gap", "totals_gap", "sold_sum", "import_run", "column_memory", "tax_registration", "opening_turnover", "receiving_draft", "z_report", "period_closing", "seal_key",
    "basket_discount", "basket_voucher", "discount", "taking", "tender_correction", "buyer", "voucher", "voucher_move",
    "cash_document", "cash_document_note", "hand_over",
    "bank_account", "payment_code", "bank_transfer", "transfer_report", "feed_state", "transfer_allocation",
    "statement_mapping", "statement_reading", "customer_display",
    "terms_band", "tender_fee", "recall_fault", "producer_entry", "lot_terms", "statement", "statement_row", "statement_left_out", "statement_draft",
    "payout_account", "payout_order", "bulk_format", "dispute", "dispute_note",
    "invitation", "message", "message_reading", "mail_choice", "mail",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _CachedTruth:
    """`seq`, `hash`: the newest act that it knows of."""

    on: date
    seq: int
    hash: str
    found: TagTruth


_ACTS = select(JournalRow.hash, JournalRow.subject, JournalRow.payload).order_by(JournalRow.seq)
MOST_BOOKS = 4  # of one process: a shop has one, tests have many
_LOCK = threading.Lock()
_kept: dict[str, _CachedTruth] = {}  # by the books' address, the one written last at the end


def find_cached_truth(session: Session, on: date) -> TagTruth:
    """What `find_truth` of all shelves would say now."""
    books = str(session.get_bind().engine.url)
    newest = find_head(session)
    if newest is None:
        return find_truth(session, on)
    with _LOCK:
        cached = _kept.get(books)
    products = (
        _find_touched_products(session, cached, newest.seq)
        if cached is not None and cached.on == on
        else None
    )
    if cached is None or products is None:
        found = find_truth(session, on)
    elif products:
        found = _refresh_truth(session, cached.found, products, on)
    else:
        found = cached.found
    with _LOCK:
        _kept.pop(books, None)
        _kept[books] = _CachedTruth(on, newest.seq, newest.hash, found)
        while len(_kept) > MOST_BOOKS:
            del _kept[next(iter(_kept))]
    return found


def _refresh_truth(session: Session, old: TagTruth, products: set[int], on: date) -> TagTruth:
    new = find_truth(session, on, products=products)
    return sort_by_walk(
        session,
        [*(item for item in old.hanging if item.tag.product_id not in products), *new.hanging],
        [*(item for item in old.missing if item.saying.product_id not in products), *new.missing],
    )


def _find_touched_products(session: Session, cached: _CachedTruth, newest: int) -> set[int] | None:
    """Products of which something was written since; None where it may be any, or the books are others than they were."""
    if not 0 <= newest - cached.seq <= MOST_ACTS:
        return None
    first, *acts = session.execute(_ACTS.where(JournalRow.seq.between(cached.seq, newest))).all()
    if first.hash != cached.hash:
        return None
    if not acts:
        return set()
    named = _list_named_rows(acts)
    papers = _find_products_of_papers(session, named.pop("paper", set()))
    if (
        papers is None
        or named.keys() - SPEAK_OF.keys() - SAY_NOTHING
        or sum(map(len, named.values())) > MOST_ROWS
    ):
        return None
    found = papers
    for table, (products, key) in SPEAK_OF.items():
        if not all(map(is_row_id, named.get(table, ()))):
            return None
        if table in named:
            found.update(session.scalars(products.where(key.in_([int(id_) for id_ in named[table]]))))
    return found | _find_sets(session, found)


def _list_named_rows(acts: Iterable[Any]) -> dict[str, set[str]]:
    """The rows that acts were about and wrote: keys by table."""
    found: dict[str, set[str]] = defaultdict(set)
    for act in acts:
        details = read_payload(act.payload)
        for names in ([act.subject or ""], details.get("facts"), details.get("seals")):
            for name in names if isinstance(names, (list, dict)) else ():
                table, _, key = str(name).partition(":")
                found[table].add(key)
    found.pop("", None)
    return found


def _find_products_of_papers(session: Session, ids: set[str]) -> set[int] | None:
    """Products that papers cover or once covered, as the journal keeps every state of them; None for the shop's own."""
    if not ids:
        return set()
    payloads = session.scalars(
        select(JournalRow.payload).where(JournalRow.subject.in_([f"paper:{id_}" for id_ in ids]))
    )
    states = [facts for payload in payloads for facts in read_facts(payload).values()]
    if any(not state.get("covers") and state.get("producer_id") is None for state in states):
        return None
    makers = {state["producer_id"] for state in states if not state.get("covers")}
    named = {product_id for state in states for product_id, *_ in state.get("covers") or ()}
    return named | set(session.scalars(select(Product.id).where(Product.producer_id.in_(makers))))


def _find_sets(session: Session, products: set[int]) -> set[int]:
    """Gift sets that have a part of these: a stopped part stops the set."""
    whole = select(Lot.product_id).join(KitLotPart, KitLotPart.kit_lot_id == Lot.id)
    parts = select(Lot.id).where(Lot.product_id.in_(products))
    return set(session.scalars(whole.where(KitLotPart.part_lot_id.in_(parts))))
