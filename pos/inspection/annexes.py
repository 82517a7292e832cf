"""inspection/annexes.py — the scans behind the inspection file: numbered as they are referred to, drawn with limits.

Pages are drawn outside any transaction, by the child process, and cached: the first file of a shop takes as long as
its papers are many, the next ones seconds.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _

from ..documents.annex import Scan
from ..files.models import StoredFile
from ..files.page_pictures import StoredPages, get_stored_pages
from ..files.renderer import RendererBusy

SIDE = 1754  # pixels: A4 at 150 dots an inch
MOST_OF_ONE = 60  # pages: a paper of a dossier has a few, a book sent by mistake has hundreds
MOST_SHEETS = 800
MOST_SECONDS = 60.0  # of drawing, a document; what is not drawn by then is drawn by the next one


@dataclass(frozen=True, slots=True)
class AnnexedFile:
    """A stored file behind the document, under its title."""

    title: str
    pages: StoredPages


class AnnexList:
    """The scans in the order they are first referred to; each has a number, however often it is named."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers: dict[int, int] = {}
        self.files: list[AnnexedFile] = []

    def refer(self, file: StoredFile | None, caption: str) -> str:
        """'[12]', the annex that holds this scan; nothing where there is none."""
        if file is None:
            return ""
        if file.id not in self._numbers:
            number = self._numbers[file.id] = len(self._numbers) + 1
            title = _("Annex %(n)s: %(caption)s", n=number, caption=caption)
            self.files.append(
                AnnexedFile(title, get_stored_pages(self._folder, file.sha256, file.media_type))
            )
        return f"[{self._numbers[file.id]}]"


def draw_annexes(
    files: Sequence[AnnexedFile],
    *,
    most_seconds: float = MOST_SECONDS,
    elapsed: Callable[[], float] = time.monotonic,
) -> list[Scan]:
    """Each file's pages as pictures, or the words that stand where one can't be shown. Never fails for a file."""
    began, sheets, scans = elapsed(), 0, []
    for item in files:
        pages: list[Path | str] = []
        for n in range(1, _count_pages(item.pages) + 1):
            if sheets + len(pages) >= MOST_SHEETS:
                pages.append(_("More pages than one document takes: see the paper itself."))
                break
            is_late = elapsed() - began > most_seconds
            pages.append(
                (item.pages.find_drawn(n, SIDE) or _late_message())
                if is_late
                else _find_picture(item.pages, n)
            )
        sheets += len(pages)
        scans.append(Scan(item.title, pages))
    return scans


def _count_pages(pages: StoredPages) -> int:
    try:
        return min(MOST_OF_ONE, pages.count(patient=True)) if pages.path.is_file() else 1
    except RendererBusy:
        return 1


def _find_picture(pages: StoredPages, n: int) -> Path | str:
    try:
        drawn = pages.picture(n, SIDE, patient=True) if pages.path.is_file() else None
    except RendererBusy:
        return _late_message()
    return drawn or unreadable_message()


def _late_message() -> str:
    return str(_("Not drawn yet: ask for this document again in a minute."))


def unreadable_message() -> str:
    """The words on the sheet of a page that can't be shown."""
    return str(_("This scan can't be read: see the paper itself."))
