"""The papers desk: dossier and calendar, scan beside form, renewal, labels, papers that producers send in."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select

from pos.admission.dossier import PaperState, list_dossier_rows, list_endings_by_month, list_needed_kinds
from pos.admission.gate import Act, Policy
from pos.admission.goods import GoodsQuery, judge_goods
from pos.admission.models import Paper, PaperKind, ProposedPaper
from pos.admission.papers import CoveredProduct, save_paper
from pos.catalog.models import GoodsClass, GoodsKind, Product
from pos.files.check import CheckedFile, check_file
from pos.files.models import StoredFile
from pos.files.page_pictures import get_stored_pages
from pos.files.store import file_path, store_file
from pos.kernel.actor import SYSTEM
from pos.kernel.database import open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.producers.terms import get_producer, save_producer
from tests.builders import a_maker, a_product
from tests.conftest import MANAGER, MORNING, TODAY, Shop

HEIC = Path(__file__).parents[1] / "data" / "photo.heic"  # as an iPhone writes it


def a_pdf(pages: int = 2) -> bytes:
    out = BytesIO()
    canvas = Canvas(out)
    for n in range(pages):
        canvas.drawString(100, 700, f"page {n + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def a_photo(kind: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (600, 400), "darkgreen").save(out, kind)
    return out.getvalue()


def test_a_dossier_says_what_is_there_and_what_is_missing(shop: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        whole, lacking = (
            a_product(session, maker, 1, name="Đủ giấy"),
            a_product(session, maker, 2, name="Thiếu giấy"),
        )
        papers = session.scalars(select(Paper).where(Paper.covers.any(product_id=lacking.id))).all()
        by_kind = {paper.kind: paper for paper in papers}
        by_kind[PaperKind.DECLARATION].kind = PaperKind.LABEL.value  # it was none
        save_paper(session, by_kind[PaperKind.DECLARATION], [], by=SYSTEM, at=MORNING)
        by_kind[PaperKind.RECOGNITION].ends = TODAY - timedelta(days=1)
        save_paper(
            session, by_kind[PaperKind.RECOGNITION], [CoveredProduct(lacking.id, 4)], by=SYSTEM, at=MORNING
        )
        rows = {
            product.name_vi: {cell.kind: cell.state for cell in cells}
            for product, cells in list_dossier_rows(session, maker.id, TODAY)
        }
        assert rows["Thiếu giấy"] == {
            PaperKind.RECOGNITION: PaperState.ENDED, PaperKind.FOOD_SAFETY: PaperState.GOOD, PaperKind.DECLARATION: PaperState.MISSING,
        }  # fmt: skip
        assert set(rows["Đủ giấy"].values()) == {PaperState.GOOD}
        ends = session.scalars(
            select(Paper.ends).where(
                Paper.covers.any(product_id=whole.id), Paper.kind == PaperKind.RECOGNITION
            )
        ).one()
        assert ends is not None
        soon = dict(list_dossier_rows(session, maker.id, ends - timedelta(days=10)))[whole]
        assert PaperState.SOON in {cell.state for cell in soon}
        assert list_dossier_rows(session, 999, TODAY) == []


@pytest.mark.parametrize(("kind", "alcohol", "kinds"), [
    (GoodsKind.CRAFT, 0, {PaperKind.RECOGNITION}), (GoodsKind.KIT, 0, set()), (GoodsKind.ALCOHOL, 30, {"recognition", "food_safety", "declaration"}),
    (GoodsKind.ALCOHOL, 300, {"recognition", "food_safety", "declaration", "alcohol_licence"}),
])  # fmt: skip
def test_what_goods_need_is_the_gates_matrix(kind: GoodsKind, alcohol: int, kinds: set[str]) -> None:
    product = Product(kind=kind, goods_class=GoodsClass.OCOP, alcohol_permille=alcohol)
    assert set(list_needed_kinds(product, Policy())) == kinds
    asked = Policy(papers=frozenset({(GoodsClass.OCOP, PaperKind.TEST_REPORT)}))
    assert (PaperKind.TEST_REPORT in list_needed_kinds(product, asked)) == (kind is not GoodsKind.KIT)


def test_the_calendar_has_twelve_months_and_leaves_out_what_was_renewed(shop: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        product = a_product(session, maker)
        for number, ends in (
            ("cũ", date(2027, 1, 31)),
            ("mới", date(2027, 10, 5)),
            ("xa", date(2027, 11, 1)),
        ):
            whose = a_maker(session, "Hộ mẫu B") if number == "xa" else maker
            paper = Paper(kind=PaperKind.TEST_REPORT, number=number, ends=ends, producer_id=whose.id)
            save_paper(
                session, paper, [CoveredProduct(product.id)] if number != "xa" else [], by=SYSTEM, at=MORNING
            )
        months = list_endings_by_month(session, TODAY)
        assert [first for first, _papers in months][:3] == [
            date(2026, 11, 1),
            date(2026, 12, 1),
            date(2027, 1, 1),
        ]
        assert len(months) == 12
        found = {paper.number: first for first, papers in months for paper in papers}
        assert found["mới"] == date(2027, 10, 1)
        assert "cũ" not in found
        assert "xa" not in found, "that is the thirteenth month"


def test_the_demos_calendar_and_dossiers_open_for_the_inspector(village: Shop) -> None:
    viewer = village.client("viewer")
    for address in ("/papers/calendar", "/producers/1/dossier", "/producers/4/dossier"):
        answer = viewer.get(address)
        assert answer.status_code == 200
        assert '/papers/1"' not in answer.text, "the inspector is offered nothing to change"
    with open_reading() as session:
        ends = next(papers[0] for _first, papers in list_endings_by_month(session, TODAY) if papers)
        names = [session.get_one(Product, cover.product_id).name for cover in ends.covers]
    page = viewer.get("/papers/calendar").text
    assert names
    assert all(name in page for name in names), "a number alone tells nobody whose paper ends"


@pytest.mark.parametrize("made", [a_pdf, a_photo, HEIC.read_bytes], ids=["pdf", "jpeg", "heic"])
def test_a_scan_is_kept_and_each_page_shown_as_a_picture(village: Shop, made: Callable[[], bytes]) -> None:
    checked = check_file("giấy", made())
    with unit_of_work() as session:
        stored = store_file(session, village.folder, checked, by=SYSTEM, at=MORNING)
    path, is_pdf = file_path(village.folder, stored.sha256), stored.media_type == "application/pdf"
    assert get_stored_pages(village.folder, stored.sha256, stored.media_type).count() == (2 if is_pdf else 1)
    viewer = village.client("viewer")
    for n in range(1, 3 if is_pdf else 2):
        answer = viewer.get(f"/files/{stored.id}/page/{n}")
        with Image.open(BytesIO(answer.data)) as picture:
            assert max(picture.size) in {600, 1400}
    assert viewer.get(f"/files/{stored.id}/page/9").status_code == (404 if is_pdf else 200)
    assert viewer.get("/files/99999/page/1").status_code == 404
    assert village.client("cashier").get(f"/files/{stored.id}/page/1").status_code == 403
    path.unlink()
    assert viewer.get(f"/files/{stored.id}/page/1").status_code == 404


def test_a_pdf_that_cant_be_drawn_says_so_where_its_page_would_be(village: Shop) -> None:
    """Such as were kept before uploads were opened when they came."""
    noise = CheckedFile("x.pdf", b"%PDF-1.4 nothing in it %%EOF", "application/pdf")
    with unit_of_work() as session:
        stored = store_file(session, village.folder, noise, by=SYSTEM, at=MORNING)
    pages = get_stored_pages(village.folder, stored.sha256, stored.media_type)
    assert pages.count() == 1
    assert pages.picture(1, 100) is None
    answer = village.client("manager").get(f"/files/{stored.id}/page/1")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert "Không hiển thị được trang này" in answer.text


def test_a_renewed_paper_is_a_new_one_and_the_old_stays(village: Shop) -> None:
    boss = village.client("manager")
    with open_reading() as session:
        old = session.scalars(select(Paper).where(Paper.kind == PaperKind.RECOGNITION)).first()
        assert old is not None
        named = [cover.product_id for cover in old.covers]
        sku = session.get_one(Product, named[0]).sku
    shown = boss.get(f"/papers/new?renews={old.id}").text
    assert sku in shown
    assert f'value="{old.number}"' not in shown
    typed = {"kind": old.kind, "number": "QĐ-MỚI", "issuer": old.issuer, "issued": f"{TODAY:%d/%m/%Y}",
             "producer_id": str(old.producer_id), "products": f"{sku} 4"}  # fmt: skip
    assert boss.post(f"/papers/new?renews={old.id}", data=typed).status_code == 302
    with open_reading() as session:
        assert session.get_one(Paper, old.id).number == old.number
        assert verify_books(session) == []


def test_a_label_is_ticked_beside_its_picture(village: Shop) -> None:
    boss = village.client("manager")
    assert "bắt buộc" in boss.get("/products/1/label").text
    boss.post("/products/1/label", data={"label_entries": ["name", "origin"]})
    with open_reading() as session:
        assert session.get_one(Product, 1).label_entries == "name origin"
        (verdict,) = judge_goods(session, [GoodsQuery(1)], Act.TAG, TODAY)
        assert "label_incomplete" in {reason.code for reason in verdict.refusals}
        assert verify_books(session) == []
    checked = check_file("nhãn.jpg", a_photo())
    with unit_of_work() as session:
        stored = store_file(session, village.folder, checked, by=SYSTEM, at=MORNING)
        sample = Paper(kind=PaperKind.LABEL, number="mẫu nhãn", producer_id=1, file_id=stored.id)
        save_paper(session, sample, [CoveredProduct(1)], by=SYSTEM, at=MORNING)
    assert f"/files/{stored.id}/page/1" in boss.get("/products/1/label").text


def sent_in(village: Shop) -> tuple[int, int]:
    """A producer's photo of a paper; the id of what waits, and of its file."""
    typed = {
        "kind": "test_report",
        "number": "PKN-9",
        "issued": "01/11/2026",
        "ends": "01/11/2027",
        "note": "chè lam",
    }
    mine = village.client("producer")
    for missing, words in (({"number": ""}, "Cần điền"), ({}, "Chưa chọn tệp")):
        assert words in mine.post("/mine/papers", data=typed | missing).text
    photo = {"file": (BytesIO(a_photo()), "giay.jpg")}
    assert (
        mine.post("/mine/papers", data=typed | photo, content_type="multipart/form-data").status_code == 302
    )
    assert "điểm bán chưa xem" in mine.get("/mine/papers").text
    with open_reading() as session:
        proposed = session.scalars(select(ProposedPaper)).one()
        return proposed.id, proposed.file_id or 0


def test_what_a_producer_sent_counts_only_once_the_manager_took_it_over(village: Shop) -> None:
    waiting, file_id = sent_in(village)
    boss = village.client("manager")
    assert "1 giấy mới gửi" in boss.get("/papers").text
    form = boss.get(f"/papers/new?sent={waiting}").text
    assert f"/files/{file_id}/page/1" in form
    assert 'value="PKN-9"' in form
    with open_reading() as session:
        assert session.scalars(select(Paper).where(Paper.number == "PKN-9")).all() == []
        sku = session.get_one(Product, 1).sku
    typed = {"sent": str(waiting), "kind": "test_report", "number": "PKN-9", "issued": "01/11/2026", "ends": "01/11/2027",
             "producer_id": "1", "products": sku}  # fmt: skip
    assert boss.post("/papers/new", data=typed).status_code == 302
    with open_reading() as session:
        paper = session.scalars(select(Paper).where(Paper.number == "PKN-9")).one()
        assert (paper.file_id, [cover.product_id for cover in paper.covers]) == (file_id, [1])
        assert verify_books(session) == []
    assert "có giá trị" in village.client("producer").get("/mine/papers").text
    assert "1 giấy mới gửi" not in boss.get("/papers").text
    again = boss.post("/papers/new", data=typed | {"number": "PKN-10"})
    assert "đã quyết định rồi" in again.text
    assert boss.post(f"/papers/sent-in/{waiting}/decline", data={"reason": "x"}).status_code == 422


def test_what_is_declined_says_why_to_its_producer_alone(village: Shop) -> None:
    waiting, _file = sent_in(village)
    boss = village.client("manager")
    assert "PKN-9" in boss.get("/papers/sent-in").text
    assert boss.post(f"/papers/sent-in/{waiting}/decline", data={"reason": " "}).status_code == 422
    boss.post(f"/papers/sent-in/{waiting}/decline", data={"reason": "ảnh mờ, chụp lại"})
    assert "ảnh mờ, chụp lại" in village.client("producer").get("/mine/papers").text
    with unit_of_work() as session:
        session.add(ProposedPaper(producer_id=2, kind="test_report", number="CỦA-NGƯỜI-KHÁC", at=MORNING, by_name="x",
                                  file_id=session.scalars(select(StoredFile.id)).first()))  # fmt: skip
    assert "CỦA-NGƯỜI-KHÁC" not in village.client("producer").get("/mine/papers").text
    assert boss.post("/papers/sent-in/99/decline", data={"reason": "x"}).status_code == 404


def test_a_suspended_producers_dossier_says_so(village: Shop) -> None:
    boss = village.client("manager")
    assert "Tạm dừng từ" not in boss.get("/producers/1/dossier").text
    with unit_of_work() as session:
        maker = get_producer(session, 1)
        maker.suspended_on, maker.suspended_why = TODAY, "chờ thanh tra"
        save_producer(session, maker, by=MANAGER, at=MORNING)
    page = boss.get("/producers/1/dossier").text
    assert "Tạm dừng từ" in page
    assert "chờ thanh tra" in page
    assert "không được bán cho đến khi hết tạm dừng" in page


def test_todays_page_asks_to_compare_with_a_scan_only_where_there_is_one(village: Shop) -> None:
    boss = village.client("manager")
    with open_reading() as session:
        product = session.get_one(Product, 1)
    typed = {"kind": "recognition", "number": "QĐ-TAY", "issuer": "UBND xã", "issued": f"{TODAY:%d/%m/%Y}",
             "producer_id": str(product.producer_id), "products": f"{product.sku} 4"}  # fmt: skip
    assert boss.post("/papers/new", data=typed).status_code == 302
    page = boss.get("/today").text
    assert "chưa có bản chụp" in page
    assert "So từng giấy với bản chụp" not in page
