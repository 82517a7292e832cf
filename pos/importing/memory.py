"""importing/memory.py — how a person meant the columns of a sheet, kept for the next workbook with the same headings."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ..kernel.text import fold_text
from .mapping import Choices, ColumnChoice
from .models import ColumnMemory
from .sheets import Sheet
from .units import ORDERS


def _make_key(sheet: Sheet) -> str:
    """The headings in their order, whatever their case and accents."""
    return hashlib.sha256("\n".join(map(fold_text, sheet.headings)).encode()).hexdigest()


def recall_columns(session: Session, sheets: Sequence[Sheet]) -> dict[tuple[int, int], ColumnChoice]:
    """What was said of the columns of each sheet when its headings were last met.

    The order of day and month is that of one list: another program, or another hand, writes the next, and it is asked anew.
    """
    found = {}
    for n, sheet in enumerate(sheets):
        memory = session.get(ColumnMemory, _make_key(sheet))
        for position, name, how in json.loads(memory.choices) if memory else ():
            found[n, int(position)] = ColumnChoice(name, "" if how in ORDERS else how)
    return found


def remember_columns(session: Session, sheets: Sequence[Sheet], choices: Choices, at: datetime) -> None:
    """Keep what was said of each sheet's columns; nothing of a sheet of which nothing was said."""
    for n, sheet in enumerate(sheets):
        said_here = sorted(
            [position, choice.field, "" if choice.how in ORDERS else choice.how]
            for (number, position), choice in choices.items()
            if number == n
        )
        if not said_here:
            continue
        key = _make_key(sheet)
        memory = session.get(ColumnMemory, key) or ColumnMemory(key=key)
        memory.choices, memory.at = json.dumps(said_here), at
        session.add(memory)
