"""files/page_pictures.py — pages of stored files as JPEGs, drawn once by the child process and cached on the disk.

The cache is `pages/` in the data folder: no part of a backup, and it may be deleted at any time. A page that
breaks the child leaves a mark there, so that nobody waits for it again; after two such pages the file is given up.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from ..kernel.errors import NotFound, Refused
from .renderer import RenderBroken, Renderer, renderer
from .store import file_path

MOST_BROKEN = 2


@dataclass(frozen=True, slots=True)
class StoredPages:
    """The pages of one stored file: where it is, where their pictures are cached."""

    path: Path
    sha256: str
    is_pdf: bool
    cache: Path
    by: Renderer = renderer

    def count(self, *, patient: bool = False) -> int:
        """How many pages there are: a picture has one, and so has a PDF that can't be read. Raises RendererBusy."""
        if not self.is_pdf:
            return 1
        known = self.cache / "count"
        if known.is_file():
            return int(known.read_text("ascii"))
        try:
            found = int(self.by.run("count", self.path, patient=patient, is_pdf=True)["pages"])
        except (Refused, RenderBroken):
            found = 1
        self._write(known, str(found).encode())
        return found

    def find_drawn(self, n: int, side: int) -> Path | None:
        """The picture of page `n`, if it was drawn before."""
        drawn = self.cache / f"{n if self.is_pdf else 1}-{side}.jpg"
        return drawn if drawn.is_file() else None

    def picture(self, n: int, side: int, *, patient: bool = False) -> Path | None:
        """The picture of page `n` (from 1), no side longer than `side`; None for a page that can't be shown.

        Raises NotFound (`file_not_found`) for a page that isn't there, RendererBusy.
        """
        n = n if self.is_pdf else 1
        if known := self.find_drawn(n, side):
            return known
        drawn, mark = self.cache / f"{n}-{side}.jpg", self.cache / f"{n}.broken"
        if mark.exists() or len(list(self.cache.glob("*.broken"))) >= MOST_BROKEN:
            return None
        self.cache.mkdir(parents=True, exist_ok=True)
        new = self.cache / f"{secrets.token_hex(6)}.new"
        try:
            self.by.run("page", self.path, new, patient=patient, is_pdf=self.is_pdf, page=n, side=side)
        except Refused as odd:
            if any(reason.code == "file_not_found" for reason in odd.reasons):
                raise NotFound.because("file_not_found") from odd
            self._write(mark, str(odd).encode())
            return None
        except RenderBroken as broken:
            new.unlink(missing_ok=True)
            self._write(mark, str(broken).encode())
            return None
        new.replace(drawn)
        return drawn

    def _write(self, path: Path, content: bytes) -> None:
        self.cache.mkdir(parents=True, exist_ok=True)
        new = self.cache / f"{secrets.token_hex(6)}.new"
        new.write_bytes(content)
        new.replace(path)


def get_stored_pages(folder: Path, sha256: str, media_type: str) -> StoredPages:
    """The pages of a stored file in this data folder."""
    return StoredPages(
        file_path(folder, sha256),
        sha256,
        media_type == "application/pdf",
        folder / "pages" / sha256[:2] / sha256,
    )
