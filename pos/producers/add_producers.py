"""producers/add_producers.py — many new producers at once, by the same rules as one: in few statements however many they are."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import JournalAct, record_acts, row_name
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from ..kernel.inserts import fill_defaults, insert_rows
from ..kernel.text import fold_text, normalize_text
from .models import Producer
from .terms import list_free_codes


def add_producers(
    session: Session, new: Sequence[Producer], *, by: Actor, at: datetime
) -> Sequence[Producer]:
    """Keep new producers with codes of the shop's, each with its own act; returned in their order.

    Raises Refused as `save_producer` does.
    """
    if not new:
        return []
    _settle_names(session, new)
    codes = list_free_codes(session, len(new))
    for producer, code in zip(new, codes, strict=True):
        producer.code = code
        fill_defaults(producer)
    added = insert_rows(session, new)
    acts = [
        JournalAct.make("producer_added", row_name(producer), {"facts": {row_name(producer): producer.facts()}})
        for producer in added
    ]  # fmt: skip
    record_acts(session, acts, by=by, at=at)
    return added


def _settle_names(session: Session, new: Sequence[Producer]) -> None:
    for producer in new:
        producer.name = normalize_text(producer.name or "")
        producer.search_key = fold_text(producer.name)
        if not producer.name:
            raise Refused.because("name_missing")
    keys = [producer.search_key for producer in new]
    known = set(session.scalars(select(Producer.search_key).where(Producer.search_key.in_(keys))))
    for producer in new:
        if producer.search_key in known:
            raise Refused.because("producer_twice", name=producer.name)
        known.add(producer.search_key)
