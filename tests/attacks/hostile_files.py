"""Files that hurt a careless server: pictures that unpack to gigabytes, PDFs that never end, workbooks that are bombs.

Each function returns the bytes of one file. Nothing here is stored: a file is made when a test asks for it.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

HEIC = Path(__file__).parents[1] / "data" / "photo.heic"


# ── pictures


def png(width: int, height: int, *, rows: int | None = None) -> bytes:
    """A black grey-scale PNG of any size: 60 megapixels are 60 KB. `rows`: fewer than it declares."""
    pack = zlib.compressobj(9)
    row = b"\0" * (width + 1)
    packed = b"".join(pack.compress(row) for _ in range(height if rows is None else rows)) + pack.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def declared_huge_png() -> bytes:
    """It says 60,000 × 60,000 pixels and holds one row."""
    return png(60_000, 60_000, rows=1)


def jpeg(width: int, height: int, *, progressive: bool = False) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "#e8e2d4").save(out, "JPEG", quality=60, progressive=progressive)
    return out.getvalue()


def picture(kind: str) -> bytes:
    out = BytesIO()
    Image.effect_noise((300, 200), 80).convert("RGB").save(out, kind)
    return out.getvalue()


def truncated(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def broken_heic() -> bytes:
    """The right beginning, then noise."""
    good = HEIC.read_bytes()
    return good[: len(good) // 2] + bytes(255 - byte for byte in good[len(good) // 2 :])


def animated(kind: str, frames: int = 10_000) -> bytes:
    """GIF or WEBP of so many pictures, each of another shade: encoders drop what does not change."""
    out = BytesIO()
    first, *rest = (Image.new("L", (16, 16), n % 251) for n in range(frames))
    first.save(out, kind, save_all=True, append_images=rest, duration=10)
    return out.getvalue()


# ── PDFs


def pdf(pages: int = 1, words: str = "page") -> bytes:
    out = BytesIO()
    canvas = Canvas(out)
    for n in range(pages):
        canvas.drawString(100, 700, f"{words} {n + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def scanned_pdf(pages: int = 12) -> bytes:
    """Each page a photo of its own with lines of text: enough to draw that threads meet within the decoder."""
    out, photo = BytesIO(), BytesIO()
    Image.effect_noise((800, 1000), 80).convert("RGB").save(photo, "JPEG")
    canvas = Canvas(out)
    for n in range(pages):
        canvas.drawImage(ImageReader(BytesIO(photo.getvalue() + bytes([n]))), 50, 50, 400, 500)
        for line in range(70):
            canvas.drawString(40, 800 - line * 11, f"page {n} line {line} " * 5)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def noisy_pdf() -> bytes:
    return b"%PDF-1.7\n" + bytes((n * 7919) % 251 for n in range(5000)) + b"\n%%EOF\n"


def encrypted_pdf() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf())))
    writer.encrypt("secret", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def objects_of(
    content: bytes, *, more: bytes = b"", resources: bytes = b"", box: bytes = b"0 0 595 842"
) -> bytes:
    """The objects of one page drawn by `content`, packed. `more`: further whole ones, from number 5 on."""
    packed = zlib.compress(content, 9)
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[" + box + b"]/Resources<<" + resources + b">>/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Filter/FlateDecode/Length " + str(len(packed)).encode() + b">>stream\n" + packed
        + b"\nendstream endobj\n" + more
    )  # fmt: skip


def finished(objects: bytes) -> bytes:
    """Objects with the table of where each begins, as readers want it that repair nothing."""
    starts = {int(found[1]): found.start(1) for found in re.finditer(rb"^(\d+) 0 obj", objects, re.MULTILINE)}
    size = max(starts) + 1
    lines = [b"0000000000 65535 f \n", *(b"%010d 00000 n \n" % starts[n] for n in range(1, size))]
    table = b"xref\n0 %d\n" % size + b"".join(lines)
    return (
        objects + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(objects))
    )


def pdf_of_many_vectors(megabytes: int = 100) -> bytes:
    """A page of so many megabytes of curves, packed to a few hundred kilobytes."""
    curve = b"0 0 m 10 800 500 3 590 840 c 590 3 3 800 77 77 c B*\n"
    return finished(objects_of(curve * (megabytes * 1024 * 1024 // len(curve))))


def pdf_of_nested_forms(depth: int = 9, width: int = 12) -> bytes:
    """Each form draws the next twelve times: 12⁹ drawings of a few kilobytes."""
    forms = []
    for n in range(depth):
        inner = f"/F{n + 1} Do ".encode() * width if n < depth - 1 else b"0 0 m 500 500 l S "
        inside = f"/XObject<</F{n + 1} {6 + n} 0 R>>".encode() if n < depth - 1 else b""
        forms.append(
            f"{5 + n} 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<<".encode() + inside
            + b">>/Length " + str(len(inner)).encode() + b">>stream\n" + inner + b"\nendstream endobj\n"
        )  # fmt: skip
    return finished(objects_of(b"/F0 Do " * width, more=b"".join(forms), resources=b"/XObject<</F0 5 0 R>>"))


def pdf_that_unpacks_without_end(megabytes: int = 900) -> bytes:
    """Its page's content is spaces, packed twice."""
    inner = zlib.compressobj(9)
    packed = b"".join(inner.compress(b" " * 1024 * 1024) for _ in range(megabytes)) + inner.flush()
    packed = zlib.compress(packed, 9)
    more = (
        b"5 0 obj<</Filter[/FlateDecode/FlateDecode]/Length " + str(len(packed)).encode() + b">>stream\n" + packed
        + b"\nendstream endobj\n"
    )  # fmt: skip
    return finished(objects_of(b"", more=more).replace(b"/Contents 4 0 R", b"/Contents 5 0 R"))


def pdf_with_actions() -> bytes:
    """JavaScript, a program to launch, an address to call, a file within: whatever a reader might follow."""
    act = b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))/Next<</S/Launch/F(hostile.exe)>>>>"
    names = b"/Names<</EmbeddedFiles<</Names[(hostile.exe)5 0 R]>>>>"
    link = b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A<</S/URI/URI(http://hostile.example/)>>>>]"
    more = (
        b"5 0 obj<</Type/Filespec/F(hostile.exe)/EF<</F 6 0 R>>>>endobj\n"
        b"6 0 obj<</Type/EmbeddedFile/Length 10>>stream\nMZ hostile\nendstream endobj\n"
    )
    plain = objects_of(b"0 0 0 rg 100 100 300 300 re f", more=more)
    return finished(
        plain.replace(b"/Type/Catalog", b"/Type/Catalog" + act + names).replace(
            b"/Type/Page/Parent", b"/Type/Page" + link + b"/Parent"
        )
    )


# ── workbooks


def workbook_bomb(megabytes: int = 300) -> bytes:
    """An .xlsx whose sheet unpacks to so many megabytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(megabytes):
                sheet.write(b" " * 1024 * 1024)
    return out.getvalue()


def many_small_parts(parts: int = 200_000) -> bytes:
    """An .xlsx that is nothing but a directory of parts."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(parts):
            archive.writestr(f"{n}", b"")
    return out.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook_of(sheet: bytes, *, ballast: int = 600_000) -> bytes:
    """An .xlsx whose only sheet holds this XML. `ballast`: bytes that don't pack, so that it looks like no bomb."""
    kinds = f"""<Types xmlns="{PACKAGE}/content-types">
        <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
        <Override PartName="/xl/workbook.xml"
          ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
        <Override PartName="/xl/worksheets/sheet1.xml"
          ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"""
    book = f"""<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">
        <sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"""

    def link(kind: str, target: str) -> str:
        return f"""<Relationships xmlns="{PACKAGE}/relationships">
            <Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>"""

    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", kinds)
        archive.writestr("_rels/.rels", link("officeDocument", "xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", book)
        archive.writestr("xl/_rels/workbook.xml.rels", link("worksheet", "worksheets/sheet1.xml"))
        whole = b'<worksheet xmlns="' + MAIN.encode() + b'"><sheetData>' + sheet + b"</sheetData></worksheet>"
        archive.writestr("xl/worksheets/sheet1.xml", whole)
        archive.writestr("ballast", Random(1).randbytes(ballast), zipfile.ZIP_STORED)
    return out.getvalue()


def workbook_of_one_endless_row(cells: int = 3_500_000) -> bytes:
    return workbook_of(b'<row r="1">' + b'<c r="A1"><v>1</v></c>' * cells + b"</row>")


# ── by what the shop answers

REFUSED_AT_THE_FIELD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "file_odd"),
    "text": (lambda: b"hello", "file_odd"),
    "PNG of 60 megapixels": (lambda: png(10_000, 6_000), "file_many_pixels"),
    "PNG that declares 3.6 gigapixels": (declared_huge_png, "file_many_pixels"),
    "JPEG of 100 megapixels": (lambda: jpeg(10_000, 10_000), "file_many_pixels"),
    "truncated JPEG": (lambda: truncated(picture("JPEG")), "file_odd"),
    "truncated PNG": (lambda: truncated(picture("PNG")), "file_odd"),
    "truncated WebP": (lambda: truncated(picture("WEBP")), "file_odd"),
    "truncated HEIC": (lambda: truncated(HEIC.read_bytes()), "file_odd"),
    "broken HEIC": (broken_heic, "file_odd"),
    "GIF of 10,000 pictures": (lambda: animated("GIF"), "file_odd"),
    "TIFF": (lambda: picture("TIFF"), "file_odd"),
    "PDF of noise": (noisy_pdf, "file_odd"),
    "truncated PDF": (lambda: truncated(pdf(20)), "file_odd"),
    "PDF with a password": (encrypted_pdf, "file_locked"),
    "PDF of 10,000 pages": (lambda: pdf(10_000), "file_many_pages"),
    "workbook bomb": (lambda: workbook_bomb(50), "file_odd"),
}
"""Made by a function, and the reason code that stands at the field."""

HEAVY_PDFS: dict[str, Callable[[], bytes]] = {
    "vectors by the megabyte": pdf_of_many_vectors,
    "forms within forms": pdf_of_nested_forms,
    "content that unpacks without end": pdf_that_unpacks_without_end,
}
"""Taken in, for they open; their page breaks a limit when it is drawn."""

ODD_NAMES = {
    "NUL": "giấy\0.jpg",
    "long": "g" * 10_000 + ".jpg",
    "a path": "../../etc/passwd",
    "control": "a\x1b[2J\u202egpj.jpg",
}
