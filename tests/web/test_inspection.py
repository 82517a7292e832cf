"""The inspector's page and PDF: every good with its lot, note, papers and price, and the scans really behind it."""

import re
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from sqlalchemy import select

from pos.admission.models import Paper
from pos.documents.annex import append_annex
from pos.documents.pdf import make_paragraph, render_document
from pos.files.models import StoredFile
from pos.files.page_pictures import StoredPages
from pos.files.store import file_path
from pos.inspection.annexes import MOST_OF_ONE, AnnexedFile, draw_annexes
from pos.inspection.floor import list_floor_goods, list_prices
from pos.kernel.database import open_reading, unit_of_work
from pos.stock.models import Lot
from tests.conftest import TODAY, Shop

PICTURES = Path(".artifacts/inspection")


def pdf_of(village: Shop, path: str = "/inspection.pdf") -> bytes:
    answer = village.client("viewer").get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return answer.data


def texts(pdf: bytes) -> list[str]:
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(pdf)]


@pytest.mark.long
def test_each_good_on_the_floor_has_its_papers_behind(village: Shop) -> None:
    """Every annex that a good refers to is there, is the scan of that paper, and no page of it is blank."""
    pdf = pdf_of(village)
    pages = texts(pdf)
    reader = PdfReader(BytesIO(pdf))
    outline = {item.title: reader.get_destination_page_number(item) for item in reader.outline}
    with open_reading() as session:
        goods = list_floor_goods(session, TODAY)
        papers = {cell.paper.id: cell.paper.number for item in goods for cell in item.papers if cell.paper}
        notes = {item.receiving.delivery_note for item in goods if item.receiving}
    front = " ".join(pages[: min(outline.values())])
    for item in goods:
        assert item.product.name_vi in front
        assert item.lot.number in front
        if item.verdict.admitted:
            assert item.papers
            assert item.receiving is not None
            assert item.note_scans
    for number in papers.values():
        (title,) = [title for title in outline if title.endswith(f" {number}")]
        assert number in pages[outline[title]]  # the scan itself bears the number
    assert {title for title in outline if "phiếu giao hàng" in title} == {
        title for title in outline if any(f"phiếu giao hàng {note} " in title for note in notes)
    }
    assert len([title for title in outline if "phiếu giao hàng" in title]) == len(notes)
    numbers = [int(re.match(r"Phụ lục (\d+):", title).group(1)) for title in outline]  # type: ignore[union-attr]
    assert numbers == list(range(1, len(numbers) + 1))
    referred = {int(n) for n in re.findall(r"\[(\d+)\]", front)}
    assert referred == set(numbers)


@pytest.mark.long
def test_the_pdf_as_pictures_shows_ink_on_every_page(village: Shop) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    document = pypdfium2.PdfDocument(pdf_of(village))
    for n in range(len(document)):
        picture = document[n].render(scale=1.2 if n < 6 else 0.4).to_pil().convert("L")
        dark = sum(picture.histogram()[:140]) / (picture.width * picture.height)
        assert dark > 0.0005, f"page {n + 1} is blank"
        if n < 3 or n in {8, 9, 120}:
            picture.save(PICTURES / f"page-{n + 1:03}.png")


def test_what_may_not_be_sold_is_marked_and_the_list_for_the_wall_leaves_it_out(village: Shop) -> None:
    shown = village.client("viewer").get("/inspection?q=nem+chua").text
    assert "không được bán" in shown
    assert "Nem chua" in shown
    wall = " ".join(texts(pdf_of(village, "/price-list.pdf")))
    assert "Chè lam gừng" in wall
    assert "Nem chua" not in wall
    with open_reading() as session:
        listed = list_prices(session, TODAY)
        assert all(f"{line.price_vnd:,}".replace(",", ".") in wall for line in listed)
        assert {line.product.id for line in listed} == {
            item.product.id for item in list_floor_goods(session, TODAY) if item.verdict.admitted
        } | {line.product.id for line in listed if line.product.kind == "service"}


@pytest.mark.long
def test_a_missing_or_broken_scan_is_said_and_not_left_out(village: Shop) -> None:
    with open_reading() as session:
        paper = session.scalars(select(Paper).where(Paper.number.like("SP00001/QĐ-OCOP%"))).one()
        stored = session.get_one(StoredFile, paper.file_id)
    file_path(village.folder, stored.sha256).unlink()
    pages = texts(pdf_of(village))
    assert any("Bản chụp này không đọc được" in text and "SP00001/QĐ-OCOP" in text for text in pages)


def a_scan(path: Path, *, is_pdf: bool) -> AnnexedFile:
    return AnnexedFile("Phụ lục", StoredPages(path, "", is_pdf, path.parent / f"cache-{is_pdf}"))


def whole_of(shop: Shop, document: bytes, *scans: AnnexedFile) -> bytes:
    with shop.app.test_request_context():
        return append_annex(document, draw_annexes(scans), "không đọc được")


@pytest.mark.parametrize("odd", ["encrypted", "garbage", "empty", "a picture called pdf"])
def test_scans_that_cannot_be_read_leave_a_page_that_says_so(shop: Shop, tmp_path: Path, odd: str) -> None:
    path = tmp_path / "scan"
    good = render_document("Giấy", "", [make_paragraph("chữ")], foot="")
    if odd == "encrypted":
        writer = PdfWriter(clone_from=PdfReader(BytesIO(good)))
        writer.encrypt("secret")
        writer.write(path)
    elif odd == "garbage":
        path.write_bytes(b"%PDF-1.4\nnothing of the kind\n%%EOF")
    elif odd == "empty":
        path.write_bytes(b"")
    else:
        Image.new("RGB", (40, 40)).save(path, "JPEG")
    pages = texts(whole_of(shop, good, a_scan(path, is_pdf=True), a_scan(path, is_pdf=False)))
    assert "không đọc được" in pages[1]
    assert len(pages) == 3


def test_a_turned_and_a_many_paged_scan_lie_whole_within_their_sheets(shop: Shop, tmp_path: Path) -> None:
    writer = PdfWriter(
        clone_from=PdfReader(
            BytesIO(render_document("Giấy dài", "", [make_paragraph("chữ " * 4000)], foot="", wide=True))
        )
    )
    for sheet in writer.pages:
        sheet.rotate(90)
    writer.write(tmp_path / "turned.pdf")
    count = len(writer.pages)
    assert 1 < count <= MOST_OF_ONE
    whole = whole_of(
        shop,
        render_document("Đầu", "", [make_paragraph("x")], foot=""),
        a_scan(tmp_path / "turned.pdf", is_pdf=True),
    )
    document = pypdfium2.PdfDocument(whole)
    assert len(document) == 1 + count
    for n in range(1, len(document)):
        picture = document[n].render(scale=0.5).to_pil().convert("L")
        ink = picture.point(lambda value: 255 if value < 128 else 0).getbbox()
        assert ink is not None
        assert ink[0] > 5
        assert ink[1] > 5
        assert ink[2] < picture.width - 5
        assert ink[3] < picture.height - 5


def test_an_inspector_for_a_day_reads_and_changes_nothing(village: Shop) -> None:
    boss = village.client("manager")
    told = boss.post("/people/inspector", follow_redirects=True).text
    login, pin = re.search(r"<strong>(doan-kiem-tra[^<]*)</strong>.*?(\d{6})", told, re.DOTALL).groups()  # type: ignore[union-attr]
    client = village.app.test_client()
    assert client.post("/sign-in", data={"login": login, "pin": pin}).status_code == 302
    assert client.get("/inspection").status_code == 200
    with open_reading() as session:
        lot_id = session.scalars(select(Lot.id)).first()
    assert client.get(f"/lots/{lot_id}").status_code == 200
    assert client.post(f"/lots/{lot_id}/stop", data={"reason": "x"}).status_code == 403
    village.clock.advance(hours=16)
    assert client.get("/inspection").status_code == 302  # the day is over
    assert client.post("/sign-in", data={"login": login, "pin": pin}).status_code == 422


def test_a_note_scan_added_later_is_behind_the_lot(village: Shop) -> None:
    with open_reading() as session:
        number = next(item.receiving.number for item in list_floor_goods(session, TODAY) if item.receiving)
    out = BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "PNG")
    out.seek(0)
    answer = village.client("manager").post(
        f"/receiving/{number}/scan", data={"scan": (out, "anh.png")}, content_type="multipart/form-data"
    )
    assert answer.status_code == 302
    with unit_of_work() as session:
        item = next(
            item
            for item in list_floor_goods(session, TODAY)
            if item.receiving and item.receiving.number == number
        )
        assert [scan.name for scan in item.note_scans][-1] == "anh.png"


def test_the_page_filters_and_pages(village: Shop) -> None:
    viewer = village.client("viewer")
    with open_reading() as session:
        goods = list_floor_goods(session, TODAY)
    stopped = [item for item in goods if not item.verdict.admitted]
    assert len(goods) > 25 > len(stopped) > 0
    first = viewer.get("/inspection").text
    assert first.count('<tr class="top-aligned') == 25
    last = viewer.get(f"/inspection?page={-(-len(goods) // 25)}").text
    assert last.count('<tr class="top-aligned') == (len(goods) % 25 or 25)
    only = viewer.get("/inspection?stopped=1").text
    assert (
        only.count('<tr class="top-aligned') == only.count('<tr class="top-aligned stopped') == len(stopped)
    )
    assert "page=2" in first
    lot = goods[30]
    found = viewer.get(f"/inspection?q={lot.product.name_vi} {lot.lot.number}").text
    assert f"/lots/{lot.lot.id}" in found
    assert viewer.get("/inspection?q=khong-co-gi-ca").text.count('<tr class="top-aligned') == 0
