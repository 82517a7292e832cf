"""storeroom/notes.py — scans of the delivery notes and invoices that goods came with."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..files.models import StoredFile
from ..journal.record import record
from ..kernel.actor import Actor
from .models import NoteScan, Receiving


def attach_scan(
    session: Session, receiving: Receiving, file: StoredFile, *, by: Actor, at: datetime
) -> NoteScan:
    """Keep a scan with a receiving. A later one joins the earlier, nothing is replaced."""
    scan = NoteScan(receiving_number=receiving.number, file_id=file.id, at=at)
    session.add(scan)
    session.flush()
    record(session, "note_scanned", by=by, at=at, subject=receiving, seals=[scan])
    return scan


def list_scans(session: Session, receivings: Iterable[int]) -> dict[int, Sequence[StoredFile]]:
    """The scans by receiving's number."""
    found: dict[int, list[StoredFile]] = defaultdict(list)
    rows = session.execute(
        select(NoteScan.receiving_number, StoredFile)
        .join(StoredFile, StoredFile.id == NoteScan.file_id)
        .where(NoteScan.receiving_number.in_(set(receivings)))
        .order_by(NoteScan.id)
    )
    for number, file in rows:
        found[number].append(file)
    return dict(found)
