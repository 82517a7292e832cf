"""journal/fingerprint.py — ten characters of a row's hash, for paper: who recomputes the chain can't recompute the buyers' receipts."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import JournalRow
from .record import find_row_written

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 characters that nobody mistakes for another
LENGTH = 10  # 50 bits
_HEX_DIGITS = 64


def format_fingerprint(row_hash: str) -> str:
    """'ABCDE-FGH23': the first 50 bits of a SHA-256 in hexadecimal."""
    bits = int(row_hash, 16) >> (4 * _HEX_DIGITS - 5 * LENGTH)
    letters = [ALPHABET[bits >> 5 * n & 31] for n in reversed(range(LENGTH))]
    return "".join(letters[:5]) + "-" + "".join(letters[5:])


def is_same_fingerprint(typed: str, fingerprint: str) -> bool:
    """As people type it from paper: in any case, with or without its dash and spaces."""
    return re.sub(r"[\s-]", "", typed).upper() == fingerprint.replace("-", "")


def find_new_fingerprint(session: Session, subject: str, kinds: tuple[str, ...]) -> str:
    """Of the row that this unit of work wrote last, without asking for it; "" where that is about something else."""
    row = find_row_written(session)
    return (
        format_fingerprint(row["hash"]) if row and row["subject"] == subject and row["kind"] in kinds else ""
    )


def find_fingerprint(session: Session, subject: str, kinds: tuple[str, ...]) -> str:
    """Of the first act of these kinds about this row; "" where the journal knows of none."""
    query = select(JournalRow.hash).where(JournalRow.subject == subject, JournalRow.kind.in_(kinds))
    found = session.scalar(query.order_by(JournalRow.seq).limit(1))
    return format_fingerprint(found) if found else ""
