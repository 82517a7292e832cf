"""closings/export.py — the whole journal and every closing as JSON lines, with a program that checks them anywhere."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.models import JournalRow
from ..journal.record import canonical_json
from ..kernel.tables import to_json_value
from .models import SealKey
from .queries import list_all_closings
from .seal import text_to_sign

CHECKER = Path(__file__).with_name("check_journal.py")
BATCH = 2000


def write_journal(session: Session, target: Path) -> int:
    """Write the acts in their order, then the closings, and the checking program beside them; how many acts. Raises OSError."""
    acts = 0
    with target.open("w", encoding="utf-8") as file:
        for row in session.scalars(
            select(JournalRow).order_by(JournalRow.seq).execution_options(yield_per=BATCH)
        ):
            columns = {
                column.name: to_json_value(getattr(row, column.name))
                for column in JournalRow.__table__.columns
            }
            file.write(canonical_json({"act": columns}) + "\n")
            acts += 1
        for closing in list_signed_texts(session):
            file.write(canonical_json(closing) + "\n")
    shutil.copyfile(CHECKER, target.with_name(CHECKER.name))
    return acts


def list_signed_texts(session: Session) -> Iterator[dict[str, Any]]:
    """Each closing as it was signed, with its signature and the key's public half (null where it was not signed)."""
    keys = {key.id: key.public_key for key in session.scalars(select(SealKey))}
    for closing in list_all_closings(session):
        yield {
            "closing": json.loads(text_to_sign(closing)), "signature": closing.signature,
            "public_key": keys.get(closing.key_id or 0),
        }  # fmt: skip
