"""The cash book's page: balances, entries, new vouchers, each voucher's page and files; the till's cash is in it."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import func, select

from pos.cashbook.queries import read_balance_vnd
from pos.demo.build import TOLD_PINS
from pos.kernel.database import open_reading
from pos.maintenance.verify import verify_books
from pos.printing.models import PrintJob
from pos.shifts.drawer import expected_cash_vnd, get_open_shift
from pos.shifts.hand_over import list_hand_overs
from pos.shifts.models import CashDocument, CashDocumentNote, name_drawer
from tests.conftest import STATION, Shop
from tests.web.test_workbook_page import a_picture


@pytest.fixture
def till(village: Shop) -> FlaskClient:
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "500000"})
    return client


def newest() -> CashDocument:
    with open_reading() as session:
        return session.scalars(select(CashDocument).order_by(CashDocument.id.desc())).first()  # type: ignore[return-value]


def count() -> int:
    with open_reading() as session:
        return session.scalar(select(func.count()).select_from(CashDocument)) or 0


def test_cash_out_at_the_till_is_a_numbered_voucher_that_is_told_and_printed(
    village: Shop, till: FlaskClient
) -> None:
    asked = {
        "way": "out",
        "amount": "20.000",
        "reason": "mua đá",
        "category": "supplies",
        "person": "Chị Lan",
    }
    page = till.post("/till/cash", data=asked).text
    document = newest()
    assert (document.category, document.amount_vnd) == ("supplies", 20_000)
    assert f"Phiếu chi số {document.number}" in page
    with open_reading() as session:
        job = session.scalars(
            select(PrintJob).where(PrintJob.subject == f"cash_document:{document.id}")
        ).one()
    assert "vật tư, đá, túi" in job.slip
    assert "Chị Lan" not in job.slip
    manager = village.client("manager")
    assert "Chị Lan" in manager.get("/cash-book?place=drawer:Quầy 1").text
    journal = manager.get("/journal").text
    assert f"phiếu chi số {document.number}" in journal.casefold()
    assert "Chị Lan" not in journal


@pytest.mark.parametrize("category", ["float", "opening", "gold"])
def test_what_cash_out_cannot_be_for_is_said_at_its_field(till: FlaskClient, category: str) -> None:
    before = count()
    page = till.post(
        "/till/cash", data={"way": "out", "amount": "20000", "reason": "x", "category": category}
    ).text
    assert 'id="category-no"' in page
    assert 'value="20000"' in page, "nothing typed is lost"
    assert count() == before


def test_a_close_says_what_goes_to_the_safe_and_the_answer_to_a_question_keeps_it(
    village: Shop, till: FlaskClient
) -> None:
    page = till.post("/till/shift/close", data={"counted": "490000", "stays": "400000"}).text
    assert 'name="stays" value="400000"' in page
    page = till.post(
        "/till/shift/close", data={"counted": "490000", "stays": "400000", "difference": "-10000"}
    ).text
    assert "Cất vào tủ tiền" in page
    assert "90.000" in page
    manager = village.client("manager")
    for address in ("/closings", "/shifts"):
        assert manager.get(address).status_code == 200
    shift = newest().shift_number
    assert "Cất vào tủ tiền" in manager.get(f"/shifts/{shift}").text
    assert "Cất vào tủ tiền" in manager.get(f"/closings/x/{shift}", follow_redirects=True).text
    till.post("/till/shift/open", data={"float": "395000"})
    assert newest().category == "float_short"


def test_a_manager_writes_vouchers_once_and_reads_them(village: Shop, till: FlaskClient) -> None:
    manager = village.client("manager")
    asked = {"once": "k1", "place": "bank", "category": "wages", "amount": "1.250.000", "reason": "tháng 11"}
    photo = {"photo": (a_picture("red"), "phieu.jpg"), "person": "Anh Ba"}
    first = manager.post("/cash-book/new/payment", data=asked | photo)
    assert first.status_code == 302, first.text
    document = newest()
    before = count()
    again = {"photo": (a_picture("red"), "phieu.jpg"), "person": "Anh Ba"}
    assert manager.post("/cash-book/new/payment", data=asked | again).location == first.location
    assert count() == before
    page = manager.get(first.location).text
    assert all(words in page for words in ("1.250.000", "tiền công", "Anh Ba", "/files/"))
    paper = PdfReader(BytesIO(manager.get(f"{first.location}.pdf").data)).pages[0].extract_text()
    assert "Một triệu hai trăm năm mươi nghìn đồng" in paper
    assert "Anh Ba" in paper
    assert manager.post(f"{first.location}/print").status_code == 302
    manager.post(first.location, data={"person": "Anh Tư"})
    with open_reading() as session:
        note = session.get_one(CashDocumentNote, document.id)
        assert note.person == "Anh Tư"
        assert note.photo_id is not None
    assert manager.get(f"/files/{note.photo_id}").status_code == 200
    assert village.client("viewer").get(f"/files/{note.photo_id}").status_code == 403
    assert "Đã xóa." in manager.post(first.location, data={"erase": "yes"}, follow_redirects=True).text
    with open_reading() as session:
        assert session.get(CashDocumentNote, document.id) is None


def test_moves_credits_and_openings_have_their_forms(village: Shop, till: FlaskClient) -> None:
    manager = village.client("manager")
    for what, typed, category in (
        ("opening", {"place": "safe", "amount": "90000000"}, "opening"),
        ("move", {"from_place": "safe", "to_place": "bank", "amount": "500000"}, "to_bank"),
        (
            "receipt",
            {"place": "safe", "category": "other_income", "amount": "70000", "reason": "ve chai"},
            "other_income",
        ),
        ("card", {"amount": "98900", "fee": "1100"}, "card_fee"),
    ):
        assert manager.get(f"/cash-book/new/{what}").status_code == 200
        answer = manager.post(f"/cash-book/new/{what}", data=typed)
        assert answer.status_code == 302, answer.text
        assert newest().category == category


@pytest.mark.parametrize(
    ("what", "typed", "field"),
    [
        ("payment", {"place": "bank", "category": "wages", "amount": "-5", "reason": "x"}, "amount"),
        ("payment", {"place": "bank", "category": "wages", "amount": "9" * 19, "reason": "x"}, "amount"),
        ("payment", {"place": "bank", "category": "wages", "amount": "1.5", "reason": "x"}, "amount"),
        ("payment", {"place": "bank", "category": "wages", "amount": "1000", "reason": ""}, "reason"),
        ("payment", {"place": "bank", "category": "to_safe", "amount": "1000", "reason": "x"}, "category"),
        ("payment", {"place": "moon", "category": "wages", "amount": "1000", "reason": "x"}, "place"),
        ("payment", {"place": "drawer:Quầy 1", "category": "wages", "amount": "90000000", "reason": "x"}, "amount"),
        ("move", {"from_place": "safe", "to_place": "safe", "amount": "1000"}, "to_place"),
        ("opening", {"place": "safe", "amount": "0"}, "amount"),
    ],
)  # fmt: skip
def test_what_cannot_be_comes_back_at_its_field(
    village: Shop, till: FlaskClient, what: str, typed: dict[str, str], field: str
) -> None:
    before, manager = count(), village.client("manager")
    page = manager.post(f"/cash-book/new/{what}", data=typed).text
    assert f'id="{field}-no"' in page
    assert count() == before


def test_the_book_is_filtered_in_the_address_and_taken_as_files(village: Shop, till: FlaskClient) -> None:
    manager = village.client("manager")
    address = "/cash-book?first=2026-11-01&last=24/11/2026&place=drawer:Quầy 1"
    page = manager.get(address).text
    assert "tiền mặt thu ở quầy" in page
    assert "/closings/x/" in page
    assert (
        "tiền mặt thu ở quầy: bán hàng, phiếu quà, nợ ("
        not in manager.get(f"{address}&category=opening").text
    )
    book = load_workbook(BytesIO(manager.get(f"{address}&as=xlsx").data)).active
    rows = [[cell.value for cell in row] for row in book]
    assert rows[1][1] == "Số dư đầu"
    assert rows[-1][1] == "Số dư cuối"
    assert rows[-1][10] == 500_000
    assert "Sổ quỹ" in PdfReader(BytesIO(manager.get(f"{address}&as=pdf").data)).pages[0].extract_text()
    assert "Không có ngày 31/02/2026" in manager.get("/cash-book?first=31/02/2026").text
    assert "Ngày đầu ở sau ngày cuối" in manager.get("/cash-book?first=24/11/2026&last=1/11/2026").text
    assert manager.get("/cash-book/documents/99999").status_code == 404


# ── the drawer in other hands


def hand_over(till: FlaskClient, **typed: str) -> str:
    return till.post("/till/shift/hand-over", data=typed).text


def logins(village: Shop) -> dict[str, str]:
    assert village.village is not None
    return {role: login for role, _name, login, _pin in reversed(village.village.pins)}


def test_the_drawer_is_handed_over_blind_and_its_next_book_starts_right(
    village: Shop, till: FlaskClient
) -> None:
    boss = logins(village)["manager"]
    asked = hand_over(till, counted="493000")
    assert "thiếu 7.000" in asked
    assert 'data-panel="hand_over_differs"' in asked
    agreed = {"counted": "493000", "difference": "-7000"}
    assert 'data-panel="hand_over_to"' in hand_over(till, **agreed)
    wrong = hand_over(till, **agreed, login=boss, pin="000000")
    assert 'data-panel="hand_over_to"' in wrong
    assert 'id="pin-no"' in wrong
    done = hand_over(till, **agreed, login=boss, pin=TOLD_PINS["manager"])
    assert "thiếu 7.000" in done
    assert 'data-panel="handed_over"' in done
    with open_reading() as session:
        shift = get_open_shift(session, STATION)
        (row,) = list_hand_overs(session, shift.number)
        assert (row.n, row.expected_vnd, row.counted_vnd) == (1, 500_000, 493_000)
        assert expected_cash_vnd(session, shift) == read_balance_vnd(session, name_drawer(STATION)) == 493_000
        assert newest().category == "difference_short"
        assert verify_books(session) == []
    assert till.get("/cash-book").status_code == 200, "whoever took it is signed in: a manager"
    assert "Các lần giao két" in till.get(f"/shifts/{shift.number}").text
    till.post("/till/shift/close", data={"counted": "493000", "stays": ""})
    assert row.to_name in till.get(f"/closings/x/{shift.number}", follow_redirects=True).text
    journal = till.get("/journal").text
    assert f"cho {row.to_name}" in journal


def test_an_exact_drawer_writes_no_difference_and_nobody_takes_it_from_themselves(
    village: Shop, till: FlaskClient
) -> None:
    before, cashier = count(), logins(village)["cashier"]
    page = hand_over(till, counted="500000", login=cashier, pin=TOLD_PINS["cashier"])
    assert 'id="login-no"' in page
    assert 'data-panel="hand_over_to"' in page
    assert 'data-panel="hand_over"' in hand_over(till, counted="-1")
    notes = {"counted": "", "notes-500000": "1"}
    done = hand_over(till, **notes, login=logins(village)["manager"], pin=TOLD_PINS["manager"])
    assert 'data-panel="handed_over"' in done
    assert count() == before
