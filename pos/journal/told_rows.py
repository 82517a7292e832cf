"""journal/told_rows.py — rows of the journal as sentences, with what each leaves out."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from ..web.act_texts import Act
from ..web.fact_texts import FactTexts, find_fact_name
from ..web.journal_sentences import tell_act
from ..web.row_names import RowNames
from .models import JournalRow
from .payload import read_payload


@dataclass(frozen=True, slots=True)
class ToldRow:
    """`sentence` has its links; `details` are the names and values that it doesn't say."""

    row: JournalRow
    sentence: Markup
    details: list[tuple[str, str]]


class RowTeller:
    """Tells rows in the reader's language; what they name is read once."""

    def __init__(self, session: Session) -> None:
        self.names = RowNames(session)
        self.texts = FactTexts(session, self.names)

    def tell(self, row: JournalRow) -> ToldRow:
        act = Act(row.kind, row.actor_id, row.actor, row.subject or "", read_payload(row.payload))
        told = tell_act(act, self.texts, self.names)
        station = [(find_fact_name("station"), row.station)] if row.station else []
        return ToldRow(row, told.sentence, told.details + station)

    def tell_all(self, rows: Iterable[JournalRow]) -> list[ToldRow]:
        return [self.tell(row) for row in rows]
