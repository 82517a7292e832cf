"""A statement is uploaded, looked at and used; a transfer that was seen in the app is typed; transfers go out as files."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from pos.banking.queries import list_unmatched
from pos.journal.models import JournalRow
from pos.kernel.actor import Actor, Approval, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.payments.accounts import TypedAccount, save_account
from pos.payments.models import BankTransfer, KeptMapping, PaymentCode, StatementReading, TransferReport
from pos.payments.receive import list_possible_twins, list_waiting_reports
from pos.payments.signals import Direction
from pos.sales.models import Sale
from pos.sales.money_models import TransferAllocation
from tests.attacks.hostile_files import pdf, png, workbook_bomb
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.payments import statement_files as files
from tests.pos.payments.statement_files import ACCOUNT, TRANSFERS, Rows
from tests.pos.sales.transfer_steps import a_signal, receive_all

EVERY_FORM: dict[str, Callable[[], bytes]] = {
    "MB, xlsx": lambda: files.as_xlsx(files.mb()),
    "MB, csv with 37": lambda: files.as_csv(files.mb(filler="37")),
    "Vietcombank, xls": lambda: files.as_xls(files.vietcombank()),
    "Techcombank, xlsx": lambda: files.as_xlsx(files.techcombank()),
    "BIDV, xlsx of two header rows": lambda: files.as_xlsx(files.bidv()),
    "unknown bank, a page called .xls": lambda: files.as_page(files.unknown_bank()),
}
UNTOLD: Rows = [  # headings that nobody knows
    ["Sổ tiền gửi"], ["Khi nào", "Bao nhiêu", "Lời nhắn", "Mã"],
    ["03/08/2026 09:12:05", "3.122.361", "OC7K2QF9XA", "A1"], ["04/08/2026 18:00:30", "-11.000", "PHI", "A2"],
]  # fmt: skip
COLUMNS = {"column-0": "day", "column-1": "amount", "column-2": "text", "column-3": "reference", "heading_row": "2",
           "sign": "minus_out", "date_order": "day_first"}  # fmt: skip


def add_account(number: str = ACCOUNT) -> int:
    """A second person agrees to it."""
    with unit_of_work() as session:
        typed = TypedAccount("970422", number, "HO KINH DOANH MAU")
        agreed = Approval(Actor(1, "Người thứ hai", Role.MANAGER), "", MORNING)
        return save_account(session, None, typed, by=MANAGER, at=MORNING, approval=agreed).id


@pytest.fixture
def manager(village: Shop) -> FlaskClient:
    add_account()
    return village.client("manager")


def send(manager: FlaskClient, content: bytes, name: str = "saoke.xlsx", **more: str) -> TestResponse:
    return manager.post("/bank/statements", data={"statement": (BytesIO(content), name), **more})


def use(manager: FlaskClient, address: str, **more: str) -> TestResponse:
    key = re.search(r'name="once" value="([^"]+)"', manager.get(address).text)
    return manager.post(f"{address}/use", data={"once": key[1] if key else "", **more})


def read_in(manager: FlaskClient, content: bytes, name: str = "saoke.xlsx", **more: str) -> TestResponse:
    return use(manager, send(manager, content, name).location, **more)


def list_booked() -> list[tuple[datetime, int, str]]:
    """Each transfer in the books: when, how much with its sign, the bank's number."""
    with open_reading() as session:
        rows = session.query(BankTransfer).order_by(BankTransfer.number)
        return [(row.at, row.amount_vnd if row.direction == "in" else -row.amount_vnd, row.reference) for row in rows]  # fmt: skip


def list_readings() -> list[StatementReading]:
    with open_reading() as session:
        return session.query(StatementReading).order_by(StatementReading.id).all()


def list_uploads(village: Shop) -> list[Path]:
    return [path for path in (village.folder / "uploads").glob("**/*") if path.is_file()]


@pytest.mark.parametrize("form", EVERY_FORM)
def test_each_banks_form_is_read_and_its_lines_are_in_the_books_once(
    manager: FlaskClient, village: Shop, form: str
) -> None:
    content = EVERY_FORM[form]()
    address = send(manager, content).location
    assert list_uploads(village) == [], "the file is gone once its cells are read"
    page = manager.get(address).text
    assert "Tổng khớp." in page
    assert ACCOUNT in page
    assert f"<dt>Ghi mới vào sổ</dt><dd>{len(TRANSFERS)}</dd>" in page
    assert list_booked() == [], "nothing is written before somebody says so"
    assert use(manager, address).location == "/bank/statements"
    assert sorted((change, reference) for _at, change, reference in list_booked()) == sorted(
        (each.change, each.reference) for each in TRANSFERS
    )
    (reading,) = list_readings()
    assert (reading.lines_new, reading.difference_vnd, reading.by_name) == (7, 0, "Quản lý mẫu")
    with open_reading() as session:
        assert {row.by_name for row in session.query(BankTransfer)} == {"Quản lý mẫu"}
        assert session.query(JournalRow).filter_by(kind="statement_used").count() == 1
        assert verify_books(session) == []
    village.clock.advance(minutes=1)
    again = read_in(manager, content)
    assert again.status_code == 302
    assert len(list_booked()) == len(TRANSFERS), "the same file again changes nothing"
    assert "Không có dòng nào mới." in manager.get(again.location).text


def test_a_second_press_changes_nothing(manager: FlaskClient) -> None:
    address = send(manager, files.as_xlsx(files.mb())).location
    use(manager, address)
    assert manager.post(f"{address}/use", data={}).location == address
    assert manager.get(address).location == "/bank/statements"
    assert (len(list_booked()), len(list_readings())) == (7, 1)


def test_a_part_then_the_whole(manager: FlaskClient) -> None:
    read_in(manager, files.as_xlsx(files.mb(TRANSFERS[:4])))
    assert len(list_booked()) == 4
    address = send(manager, files.as_xlsx(files.mb())).location
    page = manager.get(address).text
    assert "<dt>Ghi mới vào sổ</dt><dd>3</dd>" in page
    assert "<dt>Đã đọc trước đây: bỏ qua</dt><dd>4</dd>" in page
    use(manager, address)
    assert sorted(change for _at, change, _ref in list_booked()) == sorted(each.change for each in TRANSFERS)


def test_what_a_feed_told_is_joined_and_its_code_is_found_in_the_statement_at_last(
    village: Shop, manager: FlaskClient
) -> None:
    """The feed's text was cut before the code; the statement has the whole of it."""
    purpose, amount_vnd = show_a_code(village)
    with unit_of_work() as session:
        receive_all(session, a_signal(amount_vnd, "CT DEN", at=MORNING, reference="FT1"))
    assert_unmatched(1)
    line = files.Transfer(datetime(2026, 11, 24, 9, 0), amount_vnd, "FT1", f"CT DEN {purpose} chuyen tien")
    content = files.as_csv(files.bidv_csv((line,)))
    address = send(manager, content).location
    assert "<dt>Nguồn khác đã báo: ghép vào</dt><dd>1</dd>" in manager.get(address).text
    use(manager, address, **{"confirm-statement_account_unknown": "1"})
    assert len(list_booked()) == 1
    assert_unmatched(0)
    with open_reading() as session:
        assert session.query(TransferAllocation).one().amount_vnd == amount_vnd
        assert session.query(TransferReport).filter_by(source="statement").one().balance_vnd == files.OPENING + amount_vnd  # fmt: skip
        assert verify_books(session) == []


def show_a_code(village: Shop) -> tuple[str, int]:
    """A basket at the till, its payment code and what it asks for."""
    till = village.client("cashier")
    till.post("/till/shift/open", data={"float": "500000"})
    assert village.village
    till.post("/till/scan", data={"code": list(village.village.codes.values())[15]})
    till.post("/till/transfer")
    with open_reading() as session:
        code = session.query(PaymentCode).one()
        return code.purpose, code.amount_vnd


def count_sales() -> int:
    with open_reading() as session:
        return session.query(Sale).count()


def assert_unmatched(count: int) -> None:
    with open_reading() as session:
        assert len(list_unmatched(session)) == count


def test_the_file_itself_says_whose_account_it_is(village: Shop, manager: FlaskClient) -> None:
    add_account("0011002233445")
    address = send(manager, files.as_xlsx(files.mb())).location
    assert ACCOUNT in manager.get(address).text
    unnamed = send(manager, files.as_csv(files.bidv_csv()))
    assert unnamed.status_code == 422
    assert "Chọn tài khoản, và chọn lại tệp." in unnamed.text


def test_of_another_account_it_is_refused_at_the_field_and_the_account_stays_chosen(
    village: Shop, manager: FlaskClient
) -> None:
    other = add_account("0011002233445")
    refused = send(manager, files.as_xlsx(files.mb()), account=str(other))
    assert refused.status_code == 422
    assert f"Sao kê này của tài khoản {ACCOUNT}, không phải 0011002233445." in refused.text
    assert 'id="statement-no"' in refused.text
    assert f'<option value="{other}" selected>' in refused.text
    assert list_booked() == []
    assert list_uploads(village) == []


def test_sums_that_do_not_add_up_are_to_be_confirmed_first(manager: FlaskClient) -> None:
    rows = files.mb()
    rows[-1] = ["Số dư cuối kỳ / Closing Balance: 1,000 VND"]
    address = send(manager, files.as_xlsx(rows)).location
    refused = use(manager, address)
    assert refused.status_code == 422
    assert "Phải xác nhận điều này trước." in refused.text
    assert 'id="confirm-statement_sums_differ-no"' in refused.text
    assert list_booked() == []
    use(manager, address, **{"confirm-statement_sums_differ": "1"})
    assert len(list_booked()) == 7
    assert list_readings()[0].difference_vnd == 1_000 - files.CLOSING
    with open_reading() as session:
        row = session.query(JournalRow).filter_by(kind="statement_used").one()
        assert "statement_sums_differ" in row.payload


def test_odd_rows_are_named_and_the_others_used(manager: FlaskClient) -> None:
    rows = files.bidv_csv()
    rows[2][1] = "99/99/2026"
    address = send(manager, files.as_csv(rows)).location
    page = manager.get(address).text
    assert "<strong>dòng 3</strong>" in page
    ticks = {f"confirm-{code}": "1" for code in re.findall(r'name="confirm-(\w+)"', page)}
    use(manager, address, **ticks)
    assert len(list_booked()) == 6
    assert list_readings()[0].odd_rows == 1


def test_columns_that_nobody_knows_are_told_once_and_kept_for_the_bank(manager: FlaskClient) -> None:
    address = send(manager, files.as_csv(UNTOLD), "so.csv").location
    page = manager.get(address).text
    assert "Cột nào là gì?" in page
    assert "Bao nhiêu" in page
    refused = manager.post(f"{address}/columns", data=COLUMNS | {"column-1": ""})
    assert refused.status_code == 422
    assert '<option value="reference" selected>' in refused.text, "what was chosen stays chosen"
    assert manager.post(f"{address}/columns", data=COLUMNS).location == address
    use(manager, address, **{"confirm-statement_account_unknown": "1"})
    assert [change for _at, change, _ref in list_booked()] == [3_122_361, -11_000]
    more = [*UNTOLD, ["05/08/2026 08:00:00", "20.000", "x", "A3"]]
    address = send(manager, files.as_csv(more), "so.csv").location
    assert "<dt>Ghi mới vào sổ</dt><dd>1</dd>" in manager.get(address).text, "used by itself"
    with open_reading() as session:
        assert session.query(KeptMapping).one().changed_by == "Quản lý mẫu"
    assert "Quên đi" in manager.get("/bank/statements").text
    manager.post("/bank/statements/columns/970422/forget")
    assert "Cột nào là gì?" in manager.get(send(manager, files.as_csv(more), "so.csv").location).text


def test_a_kept_mapping_that_does_not_fit_leaves_the_headings_their_say(manager: FlaskClient) -> None:
    address = send(manager, files.as_csv(UNTOLD), "so.csv").location
    manager.post(f"{address}/columns", data=COLUMNS)
    use(manager, address, **{"confirm-statement_account_unknown": "1"})
    assert "Tổng khớp." in manager.get(send(manager, files.as_xlsx(files.mb())).location).text


def test_days_that_no_statement_covers_are_told(manager: FlaskClient) -> None:
    def whole(first: str, last: str, opening: int) -> bytes:
        rows = files.mb(TRANSFERS[:1], opening)
        rows[9] = [f"Từ ngày/From: {first} Đến ngày/To: {last}"]
        return files.as_xlsx(rows)

    ticks = {"confirm-statement_outside_period": "1"}
    read_in(manager, whole("01/08/2026", "05/08/2026", 2_000_000), **ticks)
    read_in(manager, whole("10/08/2026", "12/08/2026", 1_000_000), **ticks)
    page = manager.get("/bank/statements").text
    assert f"Tài khoản {ACCOUNT}: chưa có sao kê từ 06/08/2026 đến 09/08/2026." in page


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (workbook_bomb, "Tải từ ngân hàng dạng Excel hoặc CSV"),
    "PDF": (pdf, "Tải từ ngân hàng dạng Excel hoặc CSV"),
    "picture": (lambda: png(20, 20), "Tải từ ngân hàng dạng Excel hoặc CSV"),
    "NUL": (lambda: b"Ng\x00y GD,Ghi n\x00,Ghi co\n", "Tải từ ngân hàng dạng Excel hoặc CSV"),
    "nothing": (lambda: b"", "Tải từ ngân hàng dạng Excel hoặc CSV"),
    "an empty sheet": (lambda: files.as_xlsx([]), "Tệp này không có giao dịch nào"),
    "100,000 lines": (
        lambda: files.as_csv([*files.bidv_csv(), *[["1", "03/08/2026", "X", "x", "1", "", "1"]] * 100_000]),
        "Tệp này có hơn 30.000 dòng.",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_made_to_hurt_is_refused_at_the_field(village: Shop, manager: FlaskClient, kind: str) -> None:
    make, remedy = HOSTILE[kind]
    refused = send(manager, make())
    assert refused.status_code == 422
    assert remedy in refused.text
    assert 'id="statement-no"' in refused.text
    assert list_uploads(village) == []
    assert not list((village.folder / "files").glob("**/*.pdf")) or kind != "PDF"


def test_fifty_megabytes_are_refused_before_they_are_read(manager: FlaskClient) -> None:
    assert send(manager, b"x" * (50 * 1024 * 1024)).status_code == 413


def test_a_script_and_a_formula_are_shown_as_text(manager: FlaskClient) -> None:
    rows: Rows = [["<script>alert(1)</script>", "=HYPERLINK(1)"], ["03/08/2026", "<script>alert(2)</script>"], ["x", "y"]]  # fmt: skip
    page = manager.get(send(manager, files.as_page(rows), "x.xls").location).text
    assert "&lt;script&gt;alert(2)" in page
    assert "<script>alert" not in page
    assert "=HYPERLINK(1)" in page


def test_nothing_chosen_and_a_token_that_is_gone(manager: FlaskClient) -> None:
    assert "Chưa chọn tệp" in manager.post("/bank/statements", data={}).text
    assert manager.get("/bank/statements/nonsense").status_code == 404
    assert manager.post("/bank/statements/nonsense/use").status_code == 404


# What somebody saw.


def typed(manager: FlaskClient, **more: str) -> dict[str, str]:
    key = re.search(r'name="once" value="([^"]+)"', manager.get("/bank/transfers/new").text)
    assert key
    account = re.search(r'<option[^>]*value="(\d+)"', manager.get("/bank/transfers/new").text)
    assert account
    return {"once": key[1], "account": account[1], "direction": "in", "amount": "45.000", "day": "24/11/2026",
            "time": "08:59", "reference": "", "text": "", "login": "thu-ngan-1", "pin": "135792", **more}  # fmt: skip


def test_what_was_seen_is_written_down_once_however_often_it_is_sent(manager: FlaskClient) -> None:
    form = typed(manager, text="tien mat ong")
    done = manager.post("/bank/transfers/new", data=form)
    assert done.location == "/bank/transfers/1"
    assert manager.post("/bank/transfers/new", data=form).location == "/bank/transfers/1"
    assert list_booked() == [(MORNING - timedelta(minutes=1), 45_000, "")]
    page = manager.get(done.location).text
    assert "nhập tay" in page or "ghi tay" in page or "tay" in page
    with open_reading() as session:
        assert session.query(TransferReport).one().source == "by_hand"
        assert verify_books(session) == []


def test_the_same_amount_on_the_same_day_is_asked_about(manager: FlaskClient) -> None:
    with unit_of_work() as session:
        receive_all(session, a_signal(45_000, "x", at=MORNING - timedelta(hours=1), reference="FT1"))
    form = typed(manager)
    asked = manager.post("/bank/transfers/new", data=form)
    assert asked.status_code == 200
    assert "Ngày này trong sổ đã có giao dịch cùng số tiền." in asked.text
    assert "là giao dịch số 1" in asked.text
    assert len(list_booked()) == 1
    same = manager.post("/bank/transfers/new", data=form | {"known": "1"})
    assert same.location == "/bank/transfers/1"
    assert len(list_booked()) == 1
    other = manager.post("/bank/transfers/new", data=typed(manager, known="other"))
    assert other.location == "/bank/transfers/2"
    again = manager.post("/bank/transfers/new", data=typed(manager, known="1"))
    assert again.location == "/bank/transfers/1", "typed before: nothing is told anew"
    assert len(list_booked()) == 2


def test_a_code_in_the_text_pays_its_basket(village: Shop, manager: FlaskClient) -> None:
    purpose, amount_vnd = show_a_code(village)
    before = count_sales()
    manager.post("/bank/transfers/new", data=typed(manager, amount=str(amount_vnd), text=purpose.lower()))
    assert count_sales() == before + 1
    assert_unmatched(0)


@pytest.mark.parametrize(("more", "words"), [
    ({"amount": "0"}, "lớn hơn 0"), ({"amount": "-5"}, "lớn hơn 0"), ({"time": "25:00"}, "không phải là giờ"),
    ({"time": "10:30"}, "Giờ này chưa tới"), ({"amount": "x"}, "Gõ số nguyên đồng"), ({"account": ""}, "Cần"),
], ids=["nothing", "minus", "no time", "later", "no amount", "no account"])  # fmt: skip
def test_what_is_mistyped_is_said_and_stays(manager: FlaskClient, more: dict[str, str], words: str) -> None:
    page = manager.post("/bank/transfers/new", data=typed(manager, text="giữ lại") | more)
    assert page.status_code == 200
    assert words in page.text
    assert 'value="giữ lại"' in page.text
    assert list_booked() == []


# What goes out.


def test_a_days_and_a_months_transfers_as_files(manager: FlaskClient) -> None:
    with unit_of_work() as session:
        receive_all(
            session, a_signal(45_000, "=1+1", source_key="1", reference="FT1", balance_vnd=99_000),
            a_signal(20_000, "phi", source_key="2", direction=Direction.OUT, reference="FT2"),
        )  # fmt: skip
    manager.post("/bank/transfers/1/use", data={"use": "surplus"})
    answer = manager.get(f"/bank/transfers.xlsx?day={TODAY}")
    sheet = load_workbook(BytesIO(answer.data)).worksheets[0]
    first, second = ([cell.value for cell in row] for row in list(sheet.rows)[1:])
    assert first[2:6] == [ACCOUNT, 45_000, None, "FT1"]
    assert first[7] == "=1+1"
    assert sheet["H2"].data_type == "s"
    assert first[8] == "phải trả lại 45.000 ₫" or "45.000" in first[8]
    assert first[9:11] == [None, 99_000]
    assert (second[4], second[9], second[10]) == (20_000, 20_000, None)
    text = manager.get(f"/bank/transfers.csv?day={TODAY}&span=month").get_data(as_text=True)
    assert "'=1+1" in text
    assert len(text.strip().splitlines()) == 3
    assert manager.get("/bank/transfers.csv?day=2026-10-01").get_data(as_text=True).count("\n") == 1


# Read once more.

HEADINGS = ["Ngày giao dịch", "Số tham chiếu", "Nội dung", "Ghi nợ", "Ghi có", "Số dư"]
TWO: Rows = [
    HEADINGS, ["23/11/2026", "FT1", "khach tra", "", "50000", "50000"],
    ["23/11/2026", "FT2", "khach khac", "", "70000", "120000"],
]  # fmt: skip
AMOUNTS = {"heading_row": "1", "date_order": "day_first", "sign": "columns", "column-0": "day", "column-3": "debit",
           "column-4": "credit"}  # fmt: skip
TICK = {"confirm-statement_account_unknown": "1"}


def read_otherwise(manager: FlaskClient, rows: Rows, **columns: str) -> TestResponse:
    address = send(manager, files.as_csv(rows), "so.csv").location
    manager.post(f"{address}/columns", data=AMOUNTS | columns)
    return use(manager, address, **TICK)


def count_waiting() -> int:
    with open_reading() as session:
        return len(list_waiting_reports(session))


@pytest.mark.parametrize(
    "columns", [{"column-2": "text", "column-5": "balance"}, {}, {"column-2": "reference"}]
)
def test_the_same_file_with_other_columns_is_looked_at_and_not_used(
    manager: FlaskClient, columns: dict[str, str]
) -> None:
    read_in(manager, files.as_csv(TWO), "a.csv", **TICK)
    assert len(list_booked()) == 2
    address = send(manager, files.as_csv(TWO), "a.csv").location
    manager.post(f"{address}/columns", data=AMOUNTS | columns)
    page = manager.get(address).text
    assert "Chính tệp này đã được Quản lý mẫu dùng ngày 24/11/2026" in page
    assert "<dt>Người xem phải nói là giao dịch nào</dt>" in page or "<dt>Ghi mới vào sổ</dt>" in page
    refused = use(manager, address, **TICK)
    assert refused.status_code == 422
    assert 'id="use-no"' in refused.text
    assert (len(list_booked()), count_waiting(), len(list_readings())) == (2, 0, 1)


def test_the_same_file_for_another_account_is_not_used(manager: FlaskClient) -> None:
    read_in(manager, files.as_csv(TWO), "a.csv", **TICK)
    other = add_account("0011002233445")
    refused = use(manager, send(manager, files.as_csv(TWO), "a.csv", account=str(other)).location, **TICK)
    assert refused.status_code == 422
    assert f"cho tài khoản {ACCOUNT}" in refused.text
    assert len(list_booked()) == 2


def test_another_file_with_other_columns_makes_no_new_money(manager: FlaskClient) -> None:
    read_in(manager, files.as_csv(TWO), "a.csv", **TICK)
    more = [*TWO, ["23/11/2026", "FT3", "khach ba", "", "50000", "170000"], ["24/11/2026", "FT4", "x", "", "50000", "220000"]]  # fmt: skip
    read_otherwise(manager, more, **{"column-2": "text", "column-5": "balance"})
    assert [change for _at, change, _ref in list_booked()] == [50_000, 70_000, 50_000], (
        "the new day's line alone is new"
    )
    assert count_waiting() == 3, "two are the old ones, the third may be"
    with open_reading() as session:
        report = list_waiting_reports(session)[0]
        number = list_possible_twins(session, report)[0].number
    for untold in ("", "x", "٣"):
        unsaid = manager.post(f"/bank/reports/{report.id}/join", data={"transfer": untold, "once": "u" * 16})
        assert unsaid.status_code == 422, "nobody makes new money by pressing alone"
    manager.post(f"/bank/reports/{report.id}/join", data={"transfer": str(number), "once": "k" * 16})
    assert (len(list_booked()), count_waiting()) == (3, 2)
    with open_reading() as session:
        assert verify_books(session) == []


def test_two_equal_payments_of_a_day_stay_two_in_one_file_and_in_a_longer_one(manager: FlaskClient) -> None:
    first: Rows = [HEADINGS, ["23/11/2026", "CK", "mua", "", "50000", "50000"], ["23/11/2026", "CK", "mua", "", "50000", "100000"]]  # fmt: skip
    read_in(manager, files.as_csv(first), "a.csv", **TICK)
    read_in(
        manager, files.as_csv([*first, ["23/11/2026", "CK", "mua", "", "50000", "150000"]]), "a.csv", **TICK
    )
    assert (len(list_booked()), count_waiting()) == (3, 0)


@pytest.mark.parametrize("number", ["code:٣", "code:²", "code:" + "9" * 19, "debt:" + "9" * 400])
def test_a_key_that_is_none_is_answered_without_a_fault(manager: FlaskClient, number: str) -> None:
    read_in(manager, files.as_csv(TWO), "a.csv", **TICK)
    assert manager.post("/bank/transfers/1/use", data={"use": number, "once": "k" * 16}).status_code in {
        404,
        422,
    }
    add_account("0011002233445")
    chosen = send(manager, files.as_csv(TWO), "a.csv", account=number.partition(":")[2])
    assert chosen.status_code == 422


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "01/01/0001", "31/12/9999"])
@pytest.mark.parametrize("address", [
    "/bank?day={0}", "/bank/transfers.csv?day={0}", "/bank/transfers.csv?day={0}&span=month", "/cash-book?first={0}&last={0}",
    "/sold?first={0}&last={0}",
])  # fmt: skip
def test_a_day_at_the_end_of_all_days_is_no_fault(manager: FlaskClient, address: str, day: str) -> None:
    assert manager.get(address.format(day)).status_code == 200
