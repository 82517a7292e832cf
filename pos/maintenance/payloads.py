"""maintenance/payloads.py — what the journal's rows say, for the checks of the books."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.models import JournalRow
from .finding import BATCH


def list_payloads(session: Session) -> Iterator[dict[str, Any]]:
    """What each row says, in order. One that can't be read any more has been found by the chain."""
    rows = select(JournalRow.payload).order_by(JournalRow.seq).execution_options(yield_per=BATCH)
    for text_ in session.scalars(rows):
        try:
            payload = json.loads(text_)
        except ValueError:
            continue
        if isinstance(payload, dict):
            yield payload
