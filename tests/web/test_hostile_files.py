"""Files made to hurt: refused at the field, drawn by a child with limits, and no till waits for them."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import func, select

from pos.admission.models import Paper, PaperKind
from pos.admission.papers import save_paper
from pos.files.check import check_file
from pos.files.models import StoredFile
from pos.files.page_pictures import StoredPages, get_stored_pages
from pos.files.renderer import RenderBroken, Renderer, RendererBusy
from pos.files.store import store_file
from pos.files.upload import PER_MINUTE
from pos.inspection.annexes import AnnexedFile, draw_annexes
from pos.kernel.actor import SYSTEM
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.web.reasons import load_reasons
from tests.attacks import hostile_files as hostile
from tests.conftest import MORNING, Shop

pytestmark = pytest.mark.long

REFUSED = hostile.REFUSED_AT_THE_FIELD


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_for_its_reason_within_seconds(name: str) -> None:
    make, code = REFUSED[name]
    content = make()
    began = time.monotonic()
    with pytest.raises(Refused) as refused:
        check_file("tệp", content)
    assert [reason.code for reason in refused.value.reasons] == [code]
    assert time.monotonic() - began < 15


@pytest.mark.parametrize(("content", "least"), [
    (lambda: hostile.jpeg(4000, 3000), 2400), (lambda: hostile.jpeg(8160, 6120), 2400),
    (lambda: hostile.jpeg(8160, 6120, progressive=True), 2400), (lambda: hostile.png(7000, 5000), 2400),
    (hostile.HEIC.read_bytes, 600), (lambda: hostile.animated("WEBP"), 16),
], ids=["12 MP", "50 MP", "50 MP progressive", "PNG of 35 MP", "HEIC", "WebP of 10,000 pictures"])  # fmt: skip
def test_photos_of_todays_phones_are_taken(content, least: int) -> None:  # noqa: ANN001
    checked = check_file("ảnh", content())
    with Image.open(BytesIO(checked.content)) as picture:
        assert (picture.format, max(picture.size)) == ("JPEG", least)


def test_each_refusal_stands_at_its_field_and_nothing_is_kept(village: Shop) -> None:
    boss = village.client("manager")
    with open_reading() as session:
        before = session.scalar(select(func.count(StoredFile.id)))
    for name, (make, code) in REFUSED.items():
        typed = {
            "kind": "test_report",
            "number": "PKN-1",
            "issued": "01/11/2026",
            "file": (BytesIO(make()), "giấy.pdf"),
        }
        answer = boss.post("/papers/new", data=typed, content_type="multipart/form-data")
        assert answer.status_code == 200, name
        with village.app.test_request_context(headers={"Accept-Language": "vi"}):
            sentence = str(load_reasons()[code][0])
        assert sentence in answer.text, name
    with open_reading() as session:
        assert session.scalar(select(func.count(StoredFile.id))) == before


@pytest.mark.parametrize("route", ["/products/1/photo", "/receiving/1/scan", "/tags/look"])
def test_no_other_door_answers_a_broken_heic_with_an_error_of_its_own(village: Shop, route: str) -> None:
    field = {"/products/1/photo": "picture", "/receiving/1/scan": "scan", "/tags/look": "logo"}[route]
    data = {"colour": "#a4432a", field: (BytesIO(hostile.broken_heic()), "a.heic")}
    answer = village.client("manager").post(route, data=data, content_type="multipart/form-data")
    assert answer.status_code in {200, 422}
    assert "không phải ảnh hoặc PDF" in answer.text


@pytest.mark.parametrize("name", hostile.ODD_NAMES)
def test_a_name_is_kept_as_a_plain_short_line(village: Shop, name: str) -> None:
    kept = check_file(hostile.ODD_NAMES[name], hostile.picture("JPEG")).name
    assert len(kept) <= 120
    assert kept.isprintable()
    assert "/" not in kept
    data = {"picture": (BytesIO(hostile.picture("PNG")), hostile.ODD_NAMES[name].replace("\0", ""))}
    answer = village.client("manager").post(
        "/products/1/photo", data=data, content_type="multipart/form-data"
    )
    assert answer.status_code == 302


def test_a_producer_sends_a_few_files_a_minute(village: Shop) -> None:
    mine = village.client("producer")

    def send(n: int) -> int:
        typed = {"kind": "test_report", "number": f"PKN-{n}", "issued": "01/11/2026", "ends": "01/11/2027",
                 "file": (BytesIO(hostile.pdf(1, f"giấy {n}")), "giấy.pdf")}  # fmt: skip
        answer = mine.post("/mine/papers", data=typed, content_type="multipart/form-data")
        assert answer.status_code == 302 or f"tối đa {PER_MINUTE} tệp" in answer.text
        return answer.status_code

    assert [send(n) for n in range(PER_MINUTE + 2)] == [302] * PER_MINUTE + [200] * 2
    village.clock.advance(seconds=61)
    assert send(99) == 302


def stored_of(shop: Shop, content: bytes) -> StoredFile:
    checked = check_file("giấy.pdf", content)
    with unit_of_work() as session:
        return store_file(session, shop.folder, checked, by=SYSTEM, at=MORNING)


def test_twelve_pages_asked_for_at_once_are_all_drawn(village: Shop) -> None:
    """Six at a time, as a browser asks; again and again, with two papers."""
    papers = [stored_of(village, hostile.scanned_pdf(12)) for _ in range(2)]
    boss = village.client("viewer")
    cookie = boss.get_cookie("ocop")
    assert cookie is not None

    def ask(address: tuple[int, int]) -> tuple[int, str]:
        client = village.app.test_client()
        client.set_cookie("ocop", cookie.value)
        answer = client.get(f"/files/{address[0]}/page/{address[1]}")
        return answer.status_code, answer.mimetype

    with ThreadPoolExecutor(6) as browser:
        answers = set(browser.map(ask, [(paper.id, n) for paper in papers for n in range(1, 13)]))
    assert answers == {(200, "image/jpeg")}


@pytest.mark.parametrize("name", hostile.HEAVY_PDFS)
def test_a_page_that_breaks_its_limits_is_marked_and_the_next_file_is_drawn(village: Shop, name: str) -> None:
    heavy, plain = stored_of(village, hostile.HEAVY_PDFS[name]()), stored_of(village, hostile.pdf())
    viewer = village.client("viewer")
    began = time.monotonic()
    assert "Không hiển thị được trang này" in viewer.get(f"/files/{heavy.id}/page/1").text
    first = time.monotonic() - began
    began = time.monotonic()
    assert "Không hiển thị được trang này" in viewer.get(f"/files/{heavy.id}/page/1").text
    assert time.monotonic() - began < first / 2, "nobody waits for it twice"
    assert viewer.get(f"/files/{plain.id}/page/1").mimetype == "image/jpeg"


def test_tills_sell_on_while_heavy_pictures_come_in(village: Shop) -> None:
    """The writing lock is never held for a picture: a write takes no longer than the machine's own jitter."""
    content, waits, sent = hostile.png(8000, 5000), [], threading.Event()
    started = time.monotonic()
    boss = village.client("manager")
    cookie = boss.get_cookie("ocop")
    assert cookie is not None

    def send(_n: int) -> int:
        client = village.app.test_client()
        client.set_cookie("ocop", cookie.value)
        data = {"picture": (BytesIO(content), "a.png")}
        return client.post("/products/1/photo", data=data, content_type="multipart/form-data").status_code

    def sell() -> None:
        while not sent.is_set():
            began = time.monotonic()
            with village.app.app_context(), unit_of_work() as session:
                session.scalar(select(func.count(Paper.id)))
            waits.append(time.monotonic() - began)

    till = threading.Thread(target=sell)
    till.start()
    with ThreadPoolExecutor(8) as phones:
        answers = list(phones.map(send, range(8)))
    sent.set()
    till.join()
    assert set(answers) <= {302, 200}
    assert 302 in answers
    whole = time.monotonic() - started
    assert len(waits) > 20
    assert max(waits) < whole / 2, (
        "one decoded within the writer's turn holds all others for most of the time"
    )


# ── the child itself


def test_a_hanging_child_is_ended_and_replaced(tmp_path: Path) -> None:
    """Stopped from outside, it answers no more: the wall's limit ends it, and a new one goes on."""
    (tmp_path / "a.pdf").write_bytes(hostile.pdf())
    own = Renderer(seconds=1.0)
    assert own.run("count", tmp_path / "a.pdf", is_pdf=True) == {"pages": 1}
    first = own._child
    assert first is not None
    os.kill(first.pid, signal.SIGSTOP)
    with pytest.raises(RenderBroken):
        own.run("count", tmp_path / "a.pdf", is_pdf=True)
    assert first.poll() is not None
    own._seconds = 20.0
    assert own.run("count", tmp_path / "a.pdf", is_pdf=True) == {"pages": 1}
    own._child.kill()  # type: ignore[union-attr]
    own._child.wait()  # type: ignore[union-attr]
    assert own.run("count", tmp_path / "a.pdf", is_pdf=True) == {"pages": 1}, "found dead before it was asked"
    own.close()


def test_more_than_a_few_never_wait(tmp_path: Path) -> None:
    (tmp_path / "heavy.pdf").write_bytes(hostile.pdf_of_many_vectors(40))
    own = Renderer(most_waiting=1)
    pages = StoredPages(tmp_path / "heavy.pdf", "", True, tmp_path / "cache", own)
    first = threading.Thread(target=lambda: pages.picture(1, 1400))
    first.start()
    deadline = time.monotonic() + 10
    while own._places._value and time.monotonic() < deadline:  # type: ignore[attr-defined]
        time.sleep(0.01)
    with pytest.raises(RendererBusy):
        pages.count()
    first.join()
    own.close()


# ── the inspection file


def test_the_inspection_file_goes_on_past_papers_that_cannot_be_drawn(village: Shop) -> None:
    made = {"PDF nặng": hostile.pdf_of_many_vectors(), "PDF lồng nhau": hostile.pdf_of_nested_forms(),
            "PDF có lệnh": hostile.pdf_with_actions()}  # fmt: skip
    for number, content in made.items():
        stored = stored_of(village, content)
        with unit_of_work() as session:
            paper = Paper(
                kind=PaperKind.SHOP_REGISTRATION, number=number, file_id=stored.id, issued=MORNING.date()
            )
            save_paper(session, paper, [], by=SYSTEM, at=MORNING)
    began = time.monotonic()
    answer = village.client("viewer").get("/inspection.pdf")
    took = time.monotonic() - began
    assert answer.status_code == 200
    assert took < 90
    reader = PdfReader(BytesIO(answer.data))
    titles = {item.title: reader.get_destination_page_number(item) for item in reader.outline}
    for number in ("PDF nặng", "PDF lồng nhau"):
        (at,) = [page for title, page in titles.items() if title.endswith(number)]
        assert "không đọc được" in reader.pages[at].extract_text()
        assert number in reader.pages[at].extract_text()
    (at,) = [page for title, page in titles.items() if title.endswith("PDF có lệnh")]
    assert len(reader.pages[at].images) == 1
    for word in (b"JavaScript", b"/Launch", b"EmbeddedFile", b"/URI", b"hostile"):
        assert word not in answer.data
    began = time.monotonic()
    again = village.client("viewer").get("/inspection.pdf")
    assert len(PdfReader(BytesIO(again.data)).pages) == len(reader.pages)
    assert time.monotonic() - began < took, "what was drawn is drawn once"


def test_drawing_ends_after_its_time_and_what_was_drawn_is_not_lost(village: Shop) -> None:
    """Two papers of three pages; by the clock each look at the time is a minute later than the last."""
    files = []
    for n in range(2):
        stored = stored_of(village, hostile.pdf(3, f"giấy {n}"))
        files.append(
            AnnexedFile(f"Phụ lục {n}", get_stored_pages(village.folder, stored.sha256, stored.media_type))
        )
    minutes = iter(range(0, 6000, 30))
    with village.app.test_request_context():
        first = draw_annexes(files, most_seconds=60, elapsed=lambda: next(minutes))
        assert [isinstance(page, Path) for scan in first for page in scan.pages] == [True] * 2 + [False] * 4
        assert "Chưa vẽ xong" in str(first[1].pages[2])
        minutes = iter(range(0, 6000, 30))
        again = draw_annexes(files, most_seconds=120, elapsed=lambda: next(minutes))
    assert [isinstance(page, Path) for scan in again for page in scan.pages] == [True] * 4 + [False] * 2


def test_a_name_with_nul_as_the_line_carries_it(village: Shop) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="picture"; filename="a\0b' + b"g" * 10_000 + b'.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n" + hostile.picture("JPEG") + b"\r\n--x--\r\n"
    )  # fmt: skip
    answer = village.client("manager").post(
        "/products/1/photo", data=body, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code in {200, 302, 400, 413}
    with open_reading() as session:
        assert all("\0" not in name and len(name) <= 120 for name in session.scalars(select(StoredFile.name)))


def test_a_file_of_many_pages_is_counted_from_the_cache(village: Shop) -> None:
    stored = stored_of(village, hostile.pdf(12))
    pages = get_stored_pages(village.folder, stored.sha256, stored.media_type)
    assert pages.count() == 12
    pages.path.unlink()
    assert pages.count() == 12
