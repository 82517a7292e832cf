"""documents/annex.py — scans put behind a document, each page under a caption that the document refers to."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader, PdfWriter, Transformation
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
    """
    writer = PdfWriter()
    writer.append(PdfReader(BytesIO(document)))
    for scan in scans:
        first = len(writer.pages)
        try:
            _add_pdf(writer, scan) if scan.is_pdf else _add_picture(writer, scan)
        except Exception:  # noqa: BLE001  a scan may be broken in any way, and must not take the others with it
            for n in range(len(writer.pages) - 1, first - 1, -1):
                writer.remove_page(n)
            writer.append(PdfReader(BytesIO(_sheet(scan.caption, note=unreadable))))
        writer.add_outline_item(title=scan.caption, page_number=first)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _add_picture(writer: PdfWriter, scan: Scan) -> None:
    writer.append(PdfReader(BytesIO(_sheet(scan.caption, picture=scan.path))))


def _add_pdf(writer: PdfWriter, scan: Scan) -> None:
    """Each page scaled into the sheet below its caption; scripts and links of the scan stay behind."""
    for page in PdfWriter(clone_from=scan.path).pages[:MOST_PAGES]:
        page.transfer_rotation_to_content()
        box = page.mediabox
        wide, high = float(box.width), float(box.height)
        scale = min((A4[0] - 2 * MARGIN) / wide, (A4[1] - 2 * MARGIN - CAPTION) / high)
        move = Transformation().translate(-float(box.left), -float(box.bottom)).scale(scale)
        writer.append(PdfReader(BytesIO(_sheet(scan.caption))))
        writer.pages[-1].merge_transformed_page(page, move.translate((A4[0] - wide * scale) / 2, MARGIN))


def _sheet(caption: str, *, picture: Path | None = None, note: str = "") -> bytes:
    _plain, bold = letters()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont(bold, 9)
    canvas.setFillColor(INK)
    canvas.drawString(MARGIN, A4[1] - MARGIN, caption[:110])
    if note:
        canvas.drawString(MARGIN, A4[1] - MARGIN - CAPTION, note)
    if picture is not None:
        image = ImageReader(str(picture))
        wide, high = image.getSize()
        scale = min((A4[0] - 2 * MARGIN) / wide, (A4[1] - 2 * MARGIN - CAPTION) / high)
        canvas.drawImage(
            image,
            (A4[0] - wide * scale) / 2,
            A4[1] - MARGIN - CAPTION - high * scale,
            wide * scale,
            high * scale,
        )
    canvas.showPage()
    canvas.save()
    return out.getvalue()
