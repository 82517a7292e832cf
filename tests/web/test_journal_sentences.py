"""Every act of the journal is a whole sentence in both languages, and nothing in it is a code or Python's notation."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.admission.models import Paper
from pos.catalog.models import Product
from pos.identity.models import Person
from pos.journal.models import JournalRow
from pos.journal.record import canonical_json
from pos.journal.told_rows import RowTeller, ToldRow
from pos.kernel.database import open_reading
from pos.stock.models import Lot, Place
from pos.web.journal_sentences import ENDINGS, SENTENCES
from pos.web.journal_terms import KINDS
from pos.web.row_names import PAGES
from tests.conftest import MORNING, Shop
from tests.web.test_journal_words import list_kinds_recorded
from tests.web.test_only_vietnamese import CODE, list_words, only_english

__all__ = ["only_english"]  # a fixture

PYTHON = re.compile(r"%\(|[{}\[\]]|\b(?:None|True|False)\b|(?<!\w)'|\d{4}-\d\d-\d\d|\(\)|, ,|: *$|  ")
ABOUT_FILES = {"file_kept", "backed_up"}
FILE_NAME = re.compile(r"\S+\.\w+$")
TAG = re.compile(r"<[^>]+>")
ACTOR = "Thu ngân 1"


@contextmanager
def telling(shop: Shop, language: str = "vi") -> Iterator[tuple[Session, RowTeller]]:
    with shop.app.test_request_context(), force_locale(language), open_reading() as session:
        yield session, RowTeller(session)


def make_row(kind: str, subject: str | None = None, **details: Any) -> JournalRow:
    return JournalRow(
        seq=1, at=MORNING, kind=kind, actor_id=2, actor=ACTOR, role="cashier", station="", subject=subject,
        payload=canonical_json(details), previous_hash="", hash="",
    )  # fmt: skip


def read_plain(told: ToldRow) -> str:
    """The sentence as it is read, without its links."""
    return TAG.sub("", str(told.sentence)).replace("&#39;", "'").replace("&amp;", "&").replace("\u00a0", " ")


def test_every_kind_has_a_sentence() -> None:
    assert sorted(list_kinds_recorded() - set(SENTENCES)) == []
    assert sorted(set(KINDS) - set(SENTENCES)) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_villages_journal_is_told(village: Shop, language: str, only_english: set[str]) -> None:
    odd: list[str] = []
    with telling(village, language) as (session, teller):
        names = list_words(" ".join(session.scalars(select(Product.name_vi))))
        english = only_english - names if language == "vi" else set()
        rows = session.scalars(select(JournalRow).order_by(JournalRow.seq)).all()
        assert len(rows) > 1000
        for row in rows:
            told = teller.tell(row)
            text = read_plain(told)
            if row.kind in ABOUT_FILES:  # a file is called what it is called
                text = FILE_NAME.sub("", text)
            told_texts = [text, *(f"{name}: {value}" for name, value in told.details)]
            if (
                any(PYTHON.search(each) or CODE.search(each) for each in told_texts)
                or list_words(text) & english
            ):
                odd.append(f"{row.kind}: {told_texts}")
            if (row.subject or "").partition(":")[0] in PAGES and "<a href" not in told.sentence:
                odd.append(f"{row.kind} has no link: {told.sentence}")
    assert odd == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_row_that_lacks_every_detail_still_reads_well(shop: Shop, language: str) -> None:
    with telling(shop, language) as (_session, teller):
        texts = {kind: read_plain(teller.tell(make_row(kind))) for kind in SENTENCES}
    odd = {kind: text for kind, text in texts.items() if PYTHON.search(text) or len(text) <= len(ACTOR)}
    assert odd == {}


def test_each_sentence_uses_its_own_words_once() -> None:
    for kind, sentence in SENTENCES.items():
        clauses = [str(clause) for clause in sentence.clauses]
        assert len(clauses) == len(set(clauses)), kind
    assert len({name for name, _clause in ENDINGS}) == len(ENDINGS)


@pytest.fixture
def goods(village: Shop) -> tuple[int, str, int, str]:
    with open_reading() as session:
        lot = session.scalars(
            select(Lot).join(Product, Product.id == Lot.product_id).where(Product.unit == "piece")
        ).first()
        assert lot is not None
        product = session.get_one(Product, lot.product_id)
        return product.id, product.name, lot.id, lot.number


def test_sentences_of_a_till(village: Shop, goods: tuple[int, str, int, str]) -> None:
    id_, product, lot_id, lot = goods
    expired = {"code": "expired", "lot": lot, "ended": "2026-11-06", "product": product}
    with telling(village) as (_session, teller):
        for row, text in (
            (make_row("line_voided", "basket:31", product=id_, lot=lot_id, price_vnd=45_000, quantity_milli=1000, emptied=False),
             f"{ACTOR} xóa dòng {product}, 45.000 ₫, giỏ số 31"),
            (make_row("line_voided", "basket:31", product="Túi giấy", price_vnd=2_000, quantity_milli=3000, emptied=True),
             f"{ACTOR} xóa dòng Túi giấy, 3 × 2.000 ₫, giỏ số 31, giỏ hết hàng"),
            (make_row("line_lessened", "basket:31", product=id_, from_milli=4000, to_milli=1000),
             f"{ACTOR} giảm dòng {product} từ 4 cái xuống 1 cái, giỏ số 31"),
            (make_row("cash_moved", "shift:3", amount_vnd=-20_000, reason="mua đá", approved_by="Quản lý mẫu", why="mua đá"),
             f"{ACTOR} lấy 20.000 ₫ khỏi két, ca số 3, lý do: mua đá, có Quản lý mẫu đồng ý"),
            (make_row("cash_moved", "shift:3", amount_vnd=20_000, reason="tiền lẻ"),
             f"{ACTOR} bỏ 20.000 ₫ vào két, ca số 3, lý do: tiền lẻ"),
            (make_row("refunded", "sale:13", refunds=12, paid_back_vnd=45_000, reason="móp"),
             f"{ACTOR} trả lại 45.000 ₫ của phiếu 000012, ghi là phiếu 000013, lý do: móp"),
            (make_row("refused", path="/till/scan", reasons=[expired]),
             f"{ACTOR} bị từ chối: {product}: Lô {lot} đã hết hạn"),
            (make_row("count_differs", "shift:3", counted_vnd=90_000, expected_vnd=100_000),
             f"{ACTOR} đếm lần đầu được 90.000 ₫ trong két, trong sổ 100.000 ₫, thiếu 10.000 ₫, ca số 3"),
            (make_row("pack_set_aside", product=product, lot=lot), f"{ACTOR} để riêng một gói {product}, lô {lot}"),
            (make_row("pack_set_aside", product=product, lot="–"), f"{ACTOR} để riêng một gói {product}"),
            (make_row("closing_made", "z_report:4", signed=True), f"{ACTOR} chốt sổ: phiếu Z số 4, đã ký"),
            (make_row("seal_key_made", "seal_key:1"), f"{ACTOR} tạo khóa ký sổ chốt số 1"),
        ):  # fmt: skip
            told = read_plain(teller.tell(row))
            assert told.startswith(text), told
            assert row.kind == "refused" or told == text


def test_sentences_of_goods(village: Shop, goods: tuple[int, str, int, str]) -> None:
    id_, product, lot_id, lot = goods
    with telling(village) as (session, teller):
        here, there = session.scalars(select(Place).limit(2)).all()
        paper = session.scalars(select(Paper).limit(1)).one()
        person = session.scalars(select(Person).limit(1)).one()
        for row, text in (
            (make_row("moved", f"lot:{lot_id}", quantity_milli=5000, from_place=here.id, to_place=there.id),
             f"{ACTOR} chuyển 5 cái {product} từ {here.name} sang {there.name}, lô {lot}"),
            (make_row("counted", f"lot:{lot_id}", counted_milli=4000, difference_milli=0, place=here.id),
             f"{ACTOR} đếm được 4 cái {product}, lô {lot}, ở {here.name}, đúng như trong sổ"),
            (make_row("price_set", f"product:{id_}", price_vnd=45_000, starts="2026-12-06"),
             f"{ACTOR} đặt giá {product} là 45.000 ₫, từ ngày 06/12/2026"),
            (make_row("shelf_price_noted", prices_vnd={str(id_): 47_000}), f"{ACTOR} ghi giá trên kệ: {product}: 47.000 ₫"),
            (make_row("received", "receiving:7", note="PG-1", producer="Hộ A", approved_by="B", witnessed_by="C", witness_id=3),
             f"{ACTOR} nhận hàng của Hộ A, phiếu giao PG-1, phiếu nhập số 7, có B đồng ý, có C chứng kiến"),
            (make_row("paper_added", f"paper:{paper.id}"), f"{ACTOR} thêm giấy tờ {paper.number}, "),
            (make_row("product_added", "product:999999", facts={"product:999999": {"name_vi": "Kẹo"}}), f"{ACTOR} thêm sản phẩm Kẹo"),
            (make_row("pin_wrong", f"person:{person.id}", failed=3), f"Có người gõ sai mã PIN của {person.name}, hôm nay đã sai 3 lần"),
            (make_row("tag_seen", tags=[1, 2, 3, 4]), f"{ACTOR} thấy 4 tem ở kệ"),
            (make_row("fact_change_waits", "fact_change:99", facts={"fact_change:99": {"subject": f"product:{id_}", "due_on": "2026-12-06"}}),
             f"{ACTOR} sửa {product}, còn chờ người thứ hai đồng ý, không thì có hiệu lực ngày 06/12/2026"),
        ):  # fmt: skip
            told = read_plain(teller.tell(row))
            assert told.startswith(text), told


def test_what_a_sentence_says_is_no_detail_any_more(village: Shop, goods: tuple[int, str, int, str]) -> None:
    row = make_row(
        "cash_moved", "shift:3", amount_vnd=-20_000, reason="đá", approved_by="B", why="đã xem", approver_id=1
    )
    row.station = "Quầy 1"
    with telling(village) as (_session, teller):
        assert teller.tell(row).details == [("vì sao", "đã xem"), ("quầy", "Quầy 1")]


def test_details_of_the_books_own_care_are_words(village: Shop) -> None:
    """Rows, series and modes by their names; reasons that this version doesn't know, too."""
    with telling(village) as (_session, teller):
        told = [
            teller.tell(row)
            for row in (
                make_row("restored", backup="a.tar", gaps={"sale.number": [5, 105], "lot.number": [0, 100], "stock_count.number": [1, 101]}),
                make_row("books_proved", faults=2, first=["seal sale_line:5.1: it was changed", "stock on_hand:3.1: 5 for 4"]),
                make_row("printer_chosen", printer="Máy in", profile="epson", mode="picture", charset=""),
                make_row("refused", reasons=[{"code": "an_old_one", "product": "Trà"}, {"code": "expired", "lot": "L1", "ended": "2026-11-06", "product": "Trà"}]),
            )
        ]  # fmt: skip
    assert told[0].details == [
        ("chỗ hụt", "Lô 1 – Lô 100; Phiếu 000006 – Phiếu 000105; Kiểm kê số 2 – Kiểm kê số 101")
    ]
    assert (
        read_plain(told[1]) == f"{ACTOR} kiểm sổ, số lỗi: 2, lỗi đầu ở Phiếu 000005, dòng 1; một dòng của sổ"
    )
    assert ("chế độ", "dạng ảnh: chữ nào cũng đúng") in told[2].details
    assert read_plain(told[3]).startswith(
        f"{ACTOR} bị từ chối: Lý do của bản phần mềm khác. Trà: Lô L1 đã hết hạn"
    )


def test_an_act_whose_subject_is_gone_names_it_once(village: Shop) -> None:
    with telling(village) as (_session, teller):
        told = read_plain(
            teller.tell(make_row("written_off", "write_off:99", what="destroyed", reason="mốc"))
        )
    assert told == f"{ACTOR}: xuất hủy hàng, phiếu xuất hủy số 99, tiêu hủy, lý do: mốc"


def test_names_in_a_sentence_are_no_markup(village: Shop) -> None:
    with telling(village) as (_session, teller):
        told = teller.tell(make_row("age_refused", product="<b>x</b> %(who)s"))
    assert "<b>" not in told.sentence
    assert "&lt;b&gt;x&lt;/b&gt; %(who)s" in told.sentence


def test_pages_tell_sentences(village: Shop, goods: tuple[int, str, int, str]) -> None:
    till, boss = village.client("cashier"), village.client("manager")
    id_, product, _lot_id, _lot = goods
    till.post("/till/shift/open", data={"float": "200000"})
    till.post(f"/till/add/{id_}", data={"mode": "check"})
    page = boss.get("/journal").text
    sentence = f'{ACTOR} xem giá <a href="/products/{id_}">{product}</a>'
    assert sentence in page
    number = re.search(rf"{ACTOR} mở <a href=\"/shifts/(\d+)\">ca số", page)
    assert number is not None
    assert sentence in boss.get(f"/shifts/{number[1]}").text
    assert "quản lý" in boss.get("/history/person/1").text.lower()
    assert "thêm sản phẩm" in boss.get(f"/history/product/{id_}").text


def test_the_program_is_called_by_a_word(village: Shop) -> None:
    boss: FlaskClient = village.client("manager")
    assert "Phần mềm mở điểm bán" in boss.get("/journal?kind=shop_opened").text
    assert "Phần mềm mở điểm bán" in boss.get("/journal?who=phan%20mem&kind=shop_opened").text
