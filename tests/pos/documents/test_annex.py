"""Scans behind a document, whatever their page boxes say."""

from io import BytesIO
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import RectangleObject

from pos.documents.annex import append_annex
from pos.documents.pdf import make_paragraph, render_document
from pos.files.page_pictures import StoredPages
from pos.inspection.annexes import AnnexedFile, draw_annexes
from tests.conftest import Shop


def test_an_empty_page_box_takes_no_other_scan_with_it(shop: Shop, tmp_path: Path) -> None:
    writer = PdfWriter(
        clone_from=PdfReader(BytesIO(render_document("Giấy", "", [make_paragraph("chữ")], foot="")))
    )
    writer.pages[0].mediabox = RectangleObject((0, 0, 0, 0))
    writer.write(tmp_path / "flat.pdf")
    flat = AnnexedFile("Phụ lục 1", StoredPages(tmp_path / "flat.pdf", "", True, tmp_path / "cache"))
    with shop.app.test_request_context():
        whole = append_annex(render_document("Đầu", "", [], foot=""), draw_annexes([flat]), "không đọc được")
    assert len(PdfReader(BytesIO(whole)).pages) == 2
