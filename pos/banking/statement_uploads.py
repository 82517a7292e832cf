"""banking/statement_uploads.py — statements that were uploaded and not used yet: what their cells say, in this process's memory alone.

The file itself is removed as soon as the child process has read it. A restart forgets them: the file is chosen again.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from ..importing.jobs import discard_upload
from ..importing.workbook import open_tables
from ..kernel.cell_table import CellTable
from ..kernel.errors import Refused
from ..payments.statements.mapping import StatementMapping
from ..payments.statements.read import read_statement
from ..payments.statements.statement import Statement

COLUMN_CODES = frozenset({  # what is mended by saying which column is what
    "statement_no_heading", "statement_heading_contradicts", "statement_heading_twice", "statement_unsigned",
    "statement_mapping_unfit",
})  # fmt: skip


@dataclass
class StatementUpload:
    """`account_id`: null until the file or a person says whose it is. `mapping`: what is known of its columns; `is_mapping_new`: said
    just now, to be kept for the bank. `statement` null: `fault` says why its columns must be told.
    """

    name: str
    digest: str
    tables: Sequence[CellTable]
    account_id: int | None = None
    mapping: StatementMapping | None = None
    is_mapping_new: bool = False
    statement: Statement | None = None
    fault: Refused | None = None
    is_used: bool = False
    token: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    def read(self, kept: StatementMapping | None) -> None:
        """By what was said of the bank's last statement; where that doesn't fit, by its headings.

        Raises Refused for what no telling of columns mends; else `fault` says why they must be told.
        """
        for mapping in (kept, None) if kept else (None,):
            try:
                self.statement = read_statement(self.tables, mapping)
            except Refused as no:
                if not COLUMN_CODES.issuperset(reason.code for reason in no.reasons):
                    raise
                self.fault = no
            else:
                self.mapping, self.fault = mapping, None
                return

    def apply_mapping(self, mapping: StatementMapping) -> None:
        """What a person says now. Raises Refused where it doesn't fit; then nothing is changed."""
        self.statement = read_statement(self.tables, mapping)
        self.mapping, self.is_mapping_new, self.fault = mapping, True, None


class StatementUploads:
    """The newest few of this process."""

    KEPT = 4

    def __init__(self) -> None:
        self._uploads: dict[str, StatementUpload] = {}
        self._lock = Lock()

    def add(self, upload: StatementUpload) -> None:
        with self._lock:
            self._uploads[upload.token] = upload
            for old in list(self._uploads)[: -self.KEPT]:
                del self._uploads[old]

    def find(self, token: str) -> StatementUpload | None:
        return self._uploads.get(token)

    def note_used(self, upload: StatementUpload) -> None:
        """Forget what its cells say; a second press finds that it was used."""
        upload.is_used, upload.tables, upload.statement = True, (), None


def open_statement(path: Path, name: str) -> StatementUpload:
    """An uploaded file's cells; the file is gone then. Raises Refused (`statement_unreadable`, `statement_long`, `statement_empty`, `workbook_heavy`)."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        tables = open_tables(path)
    except Refused as no:
        raise _explain_unreadable(no) from no
    finally:
        discard_upload(path)
    if not any(table.rows for table in tables):
        raise Refused.because("statement_empty")
    return StatementUpload(name[:100], digest, tables)


def _explain_unreadable(no: Refused) -> Refused:
    """In words of a statement: an import's advice does not help here."""
    why = str(no.reasons[0].facts.get("why", ""))
    if no.reasons[0].code != "workbook_odd":
        return no
    if why.endswith("rows"):
        return Refused.because("statement_long")
    return Refused.because("statement_unreadable", why=why)
