"""documents/annex.py — scans put behind a document, each page under a caption that the document refers to.

Only pictures of pages are put there: what a stranger's PDF holds besides ink (scripts, links, files within, endless
drawings) does not pass into a document of the shop's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from .pdf import INK, MARGIN, register_fonts

CAPTION = 12 * mm
rl_config.useA85 = 0  # a JPEG as it is, not a quarter longer as text


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan to be put behind the document: of each page its JPEG, or the words that stand in its place."""

    caption: str
    pages: Sequence[Path | str]


def append_annex(document: bytes, scans: Iterable[Scan], unreadable: str) -> bytes:
    """The document with every page of every scan behind it, on A4, captioned and bookmarked.

    A picture that can't be read leaves a page that says so (`unreadable`), so that none is silently missing.
    """
    scans = list(scans)
    writer = PdfWriter()
    front = PdfReader(BytesIO(document))
    writer.append(front)
    if scans:
        writer.append(PdfReader(BytesIO(_render_sheets(scans, unreadable))))
    at = len(front.pages)
    for scan in scans:
        writer.add_outline_item(title=scan.caption, page_number=at)
        at += max(1, len(scan.pages))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _render_sheets(scans: Sequence[Scan], unreadable: str) -> bytes:
    """A sheet a page: its caption, and the picture or the words that there is none."""
    _plain, bold = register_fonts()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for scan in scans:
        for page in scan.pages or (unreadable,):
            canvas.setFont(bold, 9)
            canvas.setFillColor(INK)
            canvas.drawString(MARGIN, A4[1] - MARGIN, scan.caption[:110])
            if isinstance(page, str) or not _draw_picture(canvas, page):
                words = page if isinstance(page, str) else unreadable
                canvas.drawString(MARGIN, A4[1] - MARGIN - CAPTION, words)
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw_picture(canvas: Canvas, path: Path) -> bool:
    """The picture as large as it goes below the caption, in the middle. False for one that can't be read."""
    try:
        wide, high = ImageReader(str(path)).getSize()
        scale = min((A4[0] - 2 * MARGIN) / wide, (A4[1] - 2 * MARGIN - CAPTION) / high)
        left, bottom = (A4[0] - wide * scale) / 2, A4[1] - MARGIN - CAPTION - high * scale
        # by its name: given as a picture, it would be decoded to be told from the others
        canvas.drawImage(str(path), left, bottom, wide * scale, high * scale)
    except Exception:  # noqa: BLE001  a picture may be broken in any way, and must not take the others with it
        return False
    return True
