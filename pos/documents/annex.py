"""documents/annex.py — scans put behind a document, each page under a caption that the document refers to."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from .pdf import INK, MARGIN, letters

CAPTION = 12 * mm
MOST_PAGES = 60  # of one scan: a paper of a dossier has a few, a book sent by mistake has hundreds


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan to be put behind the document. `path` is a JPEG, or a PDF where `is_pdf`."""

    caption: str
    path: Path
    is_pdf: bool


def with_annex(document: bytes, scans: Iterable[Scan], unreadable: str) -> bytes:
    """The document with every page of every scan behind it, on A4, captioned and bookmarked.

    A scan that can't be read leaves a page that says so (`unreadable`), so that none is silently missing.
    The sheets are drawn in one go, so that the letters are embedded once; then the scans' pages are laid on them.
    """
    read = [(scan, _pages(scan)) for scan in scans]
    writer = PdfWriter()
    front = PdfReader(BytesIO(document))
    writer.append(front)
    if read:
        writer.append(PdfReader(BytesIO(_sheets(read, unreadable))))
    at = len(front.pages)
    for scan, pages in read:
        writer.add_outline_item(title=scan.caption, page_number=at)
        for page in pages or ():
            writer.pages[at].merge_transformed_page(page, _fitted(page))
            at += 1
        if not pages:
            at += 1
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _pages(scan: Scan) -> list[PageObject] | None:
    """The pages of a PDF; none for a picture; None for what can't be read."""
    try:
        if not scan.is_pdf:
            ImageReader(str(scan.path)).getSize()
            return []
        pages = PdfReader(scan.path).pages[:MOST_PAGES]
        if any(page.rotation for page in pages):
            pages = PdfWriter(clone_from=scan.path).pages[:MOST_PAGES]
            for page in pages:
                page.transfer_rotation_to_content()
        for page in pages:
            _fitted(page)
            page.get_contents()
    except Exception:  # noqa: BLE001  a scan may be broken in any way, and must not take the others with it
        return None
    return list(pages) or None


def _fitted(page: PageObject) -> Transformation:
    """Where a scan's page lies on its sheet: as large as it goes below the caption."""
    box = page.mediabox
    wide, high = float(box.width), float(box.height)
    scale = min((A4[0] - 2 * MARGIN) / wide, (A4[1] - 2 * MARGIN - CAPTION) / high)
    move = Transformation().translate(-float(box.left), -float(box.bottom)).scale(scale)
    return move.translate((A4[0] - wide * scale) / 2, MARGIN)


def _sheets(read: Iterable[tuple[Scan, list[PageObject] | None]], unreadable: str) -> bytes:
    """A sheet a page: its caption, and the picture or the word that there is none."""
    _plain, bold = letters()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for scan, pages in read:
        for _page in pages or (None,):
            canvas.setFont(bold, 9)
            canvas.setFillColor(INK)
            canvas.drawString(MARGIN, A4[1] - MARGIN, scan.caption[:110])
            if pages is None:
                canvas.drawString(MARGIN, A4[1] - MARGIN - CAPTION, unreadable)
            elif not scan.is_pdf:
                _draw_picture(canvas, scan.path)
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw_picture(canvas: Canvas, path: Path) -> None:
    image = ImageReader(str(path))
    wide, high = image.getSize()
    scale = min((A4[0] - 2 * MARGIN) / wide, (A4[1] - 2 * MARGIN - CAPTION) / high)
    left, bottom = (A4[0] - wide * scale) / 2, A4[1] - MARGIN - CAPTION - high * scale
    canvas.drawImage(image, left, bottom, wide * scale, high * scale)
