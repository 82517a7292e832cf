"""files/check.py — take an upload's bytes in: known kinds only, opened by the child process, pictures drawn anew.

This comes before the unit of work that keeps the file: no till waits while a picture is decoded.
"""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..kernel.errors import Refused
from ..kernel.text import normalize_text
from .renderer import RenderBroken, Renderer, RendererBusy, renderer

MOST_BYTES = 20 * 1024 * 1024
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """Bytes that may be kept: a PDF as it came, or a JPEG of our own making."""

    name: str
    content: bytes
    media_type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def is_pdf(self) -> bool:
        return self.media_type == "application/pdf"


def check_file(name: str, data: bytes, by: Renderer = renderer) -> CheckedFile:
    """A PDF as it is, or a picture drawn anew (no metadata, nothing hidden).

    Raises Refused (`file_too_big`, `file_odd`, `file_locked`, `file_many_pages`, `file_many_pixels`, `file_heavy`,
    `files_busy`).
    """
    if len(data) > MOST_BYTES:
        raise Refused.because("file_too_big")
    is_pdf = data.startswith(b"%PDF-")
    if is_pdf and b"%%EOF" not in data[-2048:]:
        raise Refused.because("file_odd")
    with tempfile.TemporaryDirectory(prefix="ocop-upload-") as scratch:
        source, target = Path(scratch) / "upload", Path(scratch) / "drawn.jpg"
        source.write_bytes(data)
        try:
            by.run("check", source, target, is_pdf=is_pdf)
        except RenderBroken as broken:
            raise Refused.because("file_heavy") from broken
        except RendererBusy as busy:
            raise Refused.because("files_busy") from busy
        content = data if is_pdf else target.read_bytes()
    return CheckedFile(plain_name(name), content, "application/pdf" if is_pdf else "image/jpeg")


def plain_name(name: str) -> str:
    """The file's own name, as a line of text: no folder, no control characters, not endless."""
    printable = "".join(letter for letter in name[-4096:] if letter.isprintable())
    return normalize_text(Path(printable.replace("\\", "/")).name)[:LONGEST_NAME]
