"""importing/spoken_answers.py — answers given with the command: columns, kinds and the producer, by their names."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ..catalog.models import GoodsKind
from ..kernel.errors import Refused
from ..kernel.text import fold_text
from .answers import ImportAnswers
from .columns import FIELDS, NOT_READ, find_field
from .mapping import ColumnChoice, map_sheets
from .memory import recall_columns
from .sheets import Sheet


def read_spoken_answers(
    session: Session, sheets: Sequence[Sheet], columns: Sequence[str], kinds: Sequence[str], producer: str
) -> ImportAnswers:
    """The answers of `HEADING=FIELD` and `NAME=KIND`, over what was said of such columns before.

    Raises Refused (`answer_odd`) for a heading that is not there, or a field or kind that there isn't.
    """
    answers = ImportAnswers(recall_columns(session, sheets), producer_of_rest=producer)
    for text in columns:
        heading, _, wanted = text.rpartition("=")
        name, _, how = wanted.partition(":")
        name = name if name in FIELDS else find_field(name) or name
        places = [
            (n, position)
            for n, sheet in enumerate(sheets)
            for position, found in enumerate(sheet.headings)
            if found and fold_text(found) == fold_text(heading)
        ]
        if not places or name not in {*FIELDS, NOT_READ}:
            raise Refused.because("answer_odd", answer=text)
        answers.columns |= dict.fromkeys(places, ColumnChoice(name, how))
    wanted_kinds = dict(_read_kind(text) for text in kinds)
    for n, sheet in enumerate(map_sheets(sheets, answers.columns) if wanted_kinds else ()):
        for number, values in sheet.rows:
            kind = wanted_kinds.get(fold_text(str(values.get("name_vi") or "")))
            if kind:
                answers.kinds[f"{n}.{number}"] = kind
    return answers


def _read_kind(text: str) -> tuple[str, str]:
    name, _, kind = text.rpartition("=")
    if not name or kind not in list(GoodsKind):
        raise Refused.because("answer_odd", answer=text)
    return fold_text(name), kind
