"""payments/statements/kept_mappings.py — what the columns of a bank's statements are, kept for its next statement."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...kernel.actor import Actor
from ...kernel.tables import get_row
from ..models import KeptMapping
from .mapping import StatementMapping


def find_mapping(session: Session, bank_bin: str) -> StatementMapping | None:
    """What was said of this bank's columns; None where nothing was, or it can't be read any more."""
    row = session.get(KeptMapping, bank_bin)
    try:
        return StatementMapping.from_dict(json.loads(row.mapping)) if row else None
    except (ValueError, KeyError):
        return None


def keep_mapping(
    session: Session, bank_bin: str, mapping: StatementMapping, *, by: Actor, at: datetime
) -> KeptMapping:
    """For this bank's statements from now on, in place of what was said before."""
    row = session.get(KeptMapping, bank_bin) or KeptMapping(bank_bin=bank_bin)
    row.mapping = json.dumps(mapping.to_dict(), ensure_ascii=False)
    row.changed_by, row.changed_at = by.name, at
    session.add(row)
    session.flush()
    return row


def list_mappings(session: Session) -> Sequence[KeptMapping]:
    return session.scalars(select(KeptMapping).order_by(KeptMapping.bank_bin)).all()


def forget_mapping(session: Session, bank_bin: str) -> None:
    """The bank's next statement is read by its headings again. Raises NotFound (`statement_mapping_missing`)."""
    session.delete(get_row(session, KeptMapping, bank_bin, "statement_mapping_missing"))
    session.flush()
