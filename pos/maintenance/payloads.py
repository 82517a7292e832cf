"""maintenance/payloads.py — what the journal's rows say, for the checks of the books."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.models import JournalRow
from ..journal.payload import read_payload
from .finding import BATCH


def list_payloads(session: Session) -> Iterator[dict[str, Any]]:
    """What each row says, in order. One that can't be read any more has been found by the chain."""
    rows = select(JournalRow.payload).order_by(JournalRow.seq).execution_options(yield_per=BATCH)
    yield from map(read_payload, session.scalars(rows))
