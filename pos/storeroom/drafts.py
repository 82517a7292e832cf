"""storeroom/drafts.py — a delivery that isn't ready to be received waits, with all that was typed and its files."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.actor import Actor
from ..kernel.errors import Stale
from ..kernel.tables import get_row
from ..producers.models import Producer
from .models import AnnouncedDelivery, ReceivingDraft

Fields = Sequence[tuple[str, str]]  # what the form sent, by the names of its boxes


def save_draft(
    session: Session,
    producer: Producer,
    fields: Fields,
    files: Mapping[str, int],
    *,
    by: Actor,
    at: datetime,
    announced: AnnouncedDelivery | None = None,
    draft: ReceivingDraft | None = None,
) -> ReceivingDraft:
    """Keep what was typed, as a new draft or in place of `draft`. `files`: the stored file of each box that had one."""
    if draft is None:
        draft = ReceivingDraft(producer_id=producer.id, announced_id=announced.id if announced else None)
        session.add(draft)
    draft.typed = json.dumps({"fields": list(fields), "files": dict(files)}, ensure_ascii=False)
    draft.by_name, draft.at = by.name, at
    session.flush()
    return draft


def read_draft(draft: ReceivingDraft) -> tuple[list[tuple[str, str]], dict[str, int]]:
    """What was typed, and the stored file of each box that had one."""
    kept: dict[str, Any] = json.loads(draft.typed)
    return [(name, value) for name, value in kept["fields"]], kept["files"]


def get_draft(session: Session, draft_id: int) -> ReceivingDraft:
    """Raises NotFound (`draft_gone`): it came in meanwhile, or was thrown away."""
    return get_row(session, ReceivingDraft, draft_id, "draft_gone")


def make_draft_mark(draft: ReceivingDraft) -> str:
    """Tells whether the draft is still what a page showed."""
    return hashlib.sha256(draft.typed.encode()).hexdigest()[:16]


def get_unchanged_draft(session: Session, draft_id: int, mark: str) -> ReceivingDraft:
    """The draft as the page with this mark showed it; any for a page without a mark.

    Raises NotFound (`draft_gone`), Stale (`draft_changed`): of a page that is older some may have come in already.
    """
    draft = get_draft(session, draft_id)
    if mark and mark != make_draft_mark(draft):
        raise Stale.because("draft_changed")
    return draft


def list_drafts(session: Session) -> Sequence[ReceivingDraft]:
    """The oldest first."""
    return session.scalars(select(ReceivingDraft).order_by(ReceivingDraft.at, ReceivingDraft.id)).all()


def discard_draft(session: Session, draft: ReceivingDraft) -> None:
    session.delete(draft)


def split_fields(fields: Fields, waiting: Sequence[str]) -> list[tuple[str, str]]:
    """What was typed of the lines named (`lines-3`), numbered anew from 0, with all that belongs to no line."""
    numbers = {name: f"lines-{n}" for n, name in enumerate(waiting)}
    rest = []
    for box, value in fields:
        if not box.startswith("lines-"):
            rest.append((box, value))
            continue
        line = "-".join(box.split("-")[:2])
        if line in numbers:
            rest.append((numbers[line] + box[len(line) :], value))
    return rest
