"""importing/job_page.py — what a workbook's page shows: its questions, columns, rows by state and page, and the words for them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..kernel.text import fold_text
from ..web.terms import GOODS_KINDS
from .jobs import ImportJob
from .mapping import Column
from .messages import COLUMN_NOTES, FIELD_GROUPS, FIELD_WORDS, HOWS, NOTES, QUESTIONS, STATES
from .pictures import list_missing_pictures
from .read_rows import RowPreview

ROWS_A_PAGE = 200
CHOSEN_KINDS = {code: words for code, words in GOODS_KINDS.items() if code != "kit"}
PAGE_WORDS: dict[str, Any] = {
    "FIELD_GROUPS": FIELD_GROUPS, "FIELD_WORDS": FIELD_WORDS, "QUESTIONS": QUESTIONS, "HOWS": HOWS, "COLUMN_NOTES": COLUMN_NOTES,
    "KINDS": CHOSEN_KINDS, "STATES": STATES, "NOTES": NOTES,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowsPage:
    """The rows of one state (all, for ""), one page of them."""

    rows: Sequence[RowPreview]
    state: str
    number: int
    pages: int


def find_rows_page(job: ImportJob, state: str, number: int) -> RowsPage:
    """The rows of a state, a page of them; what is to be answered or refused comes first."""
    rows = list(job.preview.rows) if job.preview else []
    state = state if state in STATES else ""
    order = ("asked", "refused", "new", "changed", "nothing")
    wanted = [row for row in rows if not state or row.state == state]
    wanted.sort(key=lambda row: order.index(row.state))
    pages = max(1, -(-len(wanted) // ROWS_A_PAGE))
    number = max(1, min(number, pages))
    return RowsPage(wanted[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE], state, number, pages)


class ImportPage:
    """Readings of a job for its page."""

    def __init__(self, job: ImportJob) -> None:
        self._job = job
        self._rows: list[RowPreview] = job.preview.rows if job.preview else []

    def list_questions(self) -> list[tuple[Column, list[Column]]]:
        """Each question once, with the columns that it is about."""
        questions = job.questions if (job := self._job.preview) else ()
        found: dict[Any, list[Column]] = {}
        for column in questions:
            key = (
                (column.sheet, column.field)
                if column.question == "two_columns"
                else (column.sheet, column.position)
            )
            found.setdefault(key, []).append(column)
        return [(columns[0], columns) for columns in found.values()]

    def count_kinds(self) -> Counter[str]:
        """How many new goods there are of each kind, "" for those of which it isn't known."""
        new = (row for row in self._rows if row.is_product and row.state in {"new", "asked"})
        return Counter(row.values.get("kind") or "" for row in new if row.says != "producer_missing")

    def list_unknown_places(self) -> list[str]:
        texts = {fold_text(row.text): row.text for row in self._rows if row.says == "place_unknown"}
        return sorted(texts.values())

    def count_ownerless(self) -> int:
        return sum(row.says == "producer_missing" and row.is_product for row in self._rows)

    def count_waiting(self) -> int:
        """The rows whose stock has no lot yet."""
        return sum(row.waits and not row.refused for row in self._rows)

    def count_picture_addresses(self) -> int:
        return sum(bool(row.values.get("picture_address")) for row in self._rows)

    def list_missing_pictures(self) -> list[str]:
        return list_missing_pictures(self._rows, self._job.pictures)
