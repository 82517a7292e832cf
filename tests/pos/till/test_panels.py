"""The till's panels, used as cashiers use them."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from pos.demo.build import TOLD_PINS
from pos.identity.people import add_person, set_active
from pos.journal.models import JournalRow
from pos.kernel.actor import Role
from pos.kernel.database import open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.printing.models import PrintJob
from pos.sales.basket import find_open_basket
from pos.sales.models import Extra, SaleLine
from tests.builders import code_of, pay_at_the_till, the_open_basket
from tests.conftest import MANAGER, MORNING, STATION, Shop


def newest(kind: str) -> JournalRow:
    with open_reading() as session:
        return session.scalars(
            select(JournalRow).where(JournalRow.kind == kind).order_by(JournalRow.seq.desc())
        ).first()  # type: ignore[return-value]


def test_a_price_check_sells_nothing(village: Shop, cashier: FlaskClient) -> None:
    for request in (
        lambda: cashier.post("/till/scan", data={"code": code_of(village), "mode": "check"}),
        lambda: cashier.post("/till/add/1", data={"mode": "check"}),
    ):
        answer = request()
        assert 'data-panel="check"' in answer.text
        assert "45.000" in answer.text
        assert "L261121" in answer.text
    with open_reading() as session:
        assert find_open_basket(session, STATION) is None
    stopped = cashier.post(
        "/till/scan", data={"code": village.village.misfit_codes["Nem chua 200 g"], "mode": "check"}
    )
    assert "không được bán" in stopped.text


def test_alcohol_is_asked_about_once_a_basket(village: Shop, cashier: FlaskClient) -> None:
    wine = code_of(village, "Rượu nếp cẩm 500 ml")
    asked = cashier.post("/till/scan", data={"code": wine, "once": "k1"})
    assert 'data-panel="age"' in asked.text
    assert 'value="k1"' in asked.text
    refused = cashier.post("/till/under-age", data={"product": "Rượu nếp cẩm 500 ml"})
    assert 'data-panel="pay"' in refused.text
    assert newest("age_refused").actor == "Thu ngân 1"
    yes = cashier.post("/till/scan", data={"code": wine, "once": "k1", "age": "yes"})
    assert "Rượu nếp cẩm" in yes.text
    assert 'data-panel="pay"' in yes.text
    assert 'data-panel="pay"' in cashier.post("/till/scan", data={"code": wine, "once": "k2"}).text
    assert the_open_basket().lines[0].quantity_milli == 2000
    assert newest("age_confirmed").actor == "Thu ngân 1"


def test_bags_and_shipping_stand_on_the_slip(village: Shop, cashier: FlaskClient) -> None:
    with open_reading() as session:
        ids = {extra.name_vi: extra.id for extra in session.scalars(select(Extra))}
    cashier.post(f"/till/extra/{ids['Túi giấy']}")
    asked = cashier.post(f"/till/extra/{ids['Gửi hàng']}")
    assert "bao nhiêu tiền" in asked.text
    cashier.post(f"/till/extra/{ids['Gửi hàng']}", data={"price": "30.000", "once": "a"})
    cashier.post(f"/till/extra/{ids['Gửi hàng']}", data={"price": "30.000", "once": "a"})  # a double click
    cashier.post("/till/line/1/quantity", data={"step": "1"})
    sale = pay_at_the_till(cashier, "34000")
    assert sale.total_vnd == 2 * 2_000 + 30_000
    with open_reading() as session:
        slip = session.scalars(select(PrintJob.slip).where(PrintJob.subject == f"sale:{sale.number}")).one()
    assert "Túi giấy" in slip
    assert "Gửi hàng" in slip


def test_a_tourist_reads_english_on_display_and_slip(village: Shop, cashier: FlaskClient) -> None:
    cashier.post("/till/scan", data={"code": code_of(village)})
    cashier.post("/till/language")
    display = village.app.test_client().get(f"/till/display/{STATION}").text
    assert "Ginger rice cake" in display
    assert "To pay" in display
    sale = pay_at_the_till(cashier, "45000")
    with open_reading() as session:
        slip = session.scalars(select(PrintJob.slip).where(PrintJob.subject == f"sale:{sale.number}")).one()
    assert "Sales receipt" in slip
    assert "not a tax invoice" in slip
    assert "Ginger rice cake" in slip
    cashier.post(f"/till/print/{sale.number}", data={"language": "vi"})
    with open_reading() as session:
        again = session.scalars(
            select(PrintJob.slip)
            .where(PrintJob.subject == f"sale:{sale.number}")
            .order_by(PrintJob.id.desc())
        ).first()
    assert "PHIẾU TÍNH TIỀN" in (again or "")
    assert "IN LẠI" in (again or "").upper()
    assert "không phải hóa đơn thuế" in (again or "")


def test_switching_cashiers_keeps_the_basket(village: Shop, cashier: FlaskClient) -> None:
    cashier.post("/till/scan", data={"code": code_of(village)})
    cashier.post("/lock")
    other = village.client("cashier", login="thu-ngan-2")
    assert "Chè lam gừng" in other.get("/till").text
    assert pay_at_the_till(other, "45000").cashier_name == "Thu ngân 2"


def test_a_lost_slip_is_found_and_the_last_one_voided(village: Shop, cashier: FlaskClient) -> None:
    cashier.post("/till/scan", data={"code": code_of(village)})
    sale = pay_at_the_till(cashier, "50000")
    for query in ("", "?time=9:00", "?amount=45.000", "?words=che+lam", "?day=24/11/2026"):
        assert f'/till/sales/{sale.number}"' in cashier.get(f"/till/sales{query}").text, query
    assert f'/till/sales/{sale.number}"' not in cashier.get("/till/sales?amount=46.000").text
    assert "Gõ giờ như 9:30" in cashier.get("/till/sales?time=x").text
    assert f'/till/sales/{sale.number}"' in cashier.get(f"/till/sales?day={sale.at:%d/%m}").text, (
        "without its year"
    )
    assert "Không có ngày 31/02" in cashier.get("/till/sales?day=31/02").text
    odd = cashier.get("/till/sales?day=hôm kia").text
    assert "Gõ ngày như 24/11/2026" in odd
    assert "Gõ giờ" not in odd
    assert ">Không có.<" not in odd, "nothing was looked for"
    assert ">Không có.<" in cashier.get("/till/sales?amount=46.000").text
    assert f'/till/sales/{sale.number}"' not in odd
    shown = cashier.get(f"/till/sales/{sale.number}").text
    assert "Hủy phiếu này" in shown
    boss = next(login for role, _, login, _ in village.village.pins if role == "manager")
    form = {"reason": "quét nhầm", "login": boss, "pin": TOLD_PINS["manager"]}
    assert "PHIẾU HỦY" not in cashier.post(f"/till/void/{sale.number}", data={"reason": "quét nhầm"}).text
    assert 'data-panel="done"' in cashier.post(f"/till/void/{sale.number}", data=form).text
    row = newest("voided")
    assert '"approved_by":"Quản lý mẫu"' in row.payload
    with open_reading() as session:
        assert verify_books(session) == []


def test_the_drawer_opens_with_a_reason_and_an_approval(village: Shop, cashier: FlaskClient) -> None:
    boss = next(login for role, _, login, _ in village.village.pins if role == "manager")
    word = {"login": boss, "pin": TOLD_PINS["manager"]}
    assert cashier.post("/till/drawer", data={"reason": ""} | word).status_code == 422
    assert cashier.post("/till/drawer", data={"reason": "đổi tiền lẻ"} | word).status_code == 200
    assert '"reason":"đổi tiền lẻ"' in newest("drawer_opened").payload
    with open_reading() as session:
        kicks = session.scalars(select(PrintJob.slip).where(PrintJob.subject == "drawer")).all()
    assert len(kicks) == 1
    assert "Kick" in kicks[0]


def test_who_approves_is_chosen_from_those_who_may(village: Shop, cashier: FlaskClient) -> None:
    """One manager stands in the box already; of several each is a button. A name without its PIN asks for it and counts as no wrong one."""
    boss = next(login for role, _, login, _ in village.village.pins if role == "manager")
    alone = cashier.get("/till/panel/drawer").text
    assert f'value="{boss}"' in alone
    assert 'class="people"' not in alone
    with unit_of_work() as session:
        add_person(session, "Quản lý hai", Role.MANAGER, login="hai", pin="271828", by=MANAGER, at=MORNING)
        gone, _pin = add_person(session, "Quản lý cũ", Role.MANAGER, login="cu", pin="271829", by=MANAGER, at=MORNING)  # fmt: skip
        set_active(session, gone, False, by=MANAGER, at=MORNING)
        line = session.scalars(select(SaleLine).where(SaleLine.unit == "piece", SaleLine.quantity_milli >= 1000).order_by(SaleLine.sale_number)).first()  # fmt: skip
        assert line is not None  # weeks old: beyond what a cashier gives back alone
    typed = {f"part-{line.n}": "1", "reason": "hỏng", "key": "chosen"}
    address = f"/till/refund/{line.sale_number}"
    asked = cashier.post(address, data=typed)
    assert asked.status_code == 403
    assert sorted(re.findall(r'data-login="([^"]+)"', asked.text)) == ["hai", boss]
    for _times in range(12):
        assert cashier.post(address, data=typed | {"login": "hai"}).status_code == 403
    done = cashier.post(address, data=typed | {"login": "hai", "pin": "271828"})
    assert done.status_code == 200
    assert "Quản lý hai" in newest("refunded").payload


def test_a_reprint_shows_its_receipt_and_no_change(village: Shop, cashier: FlaskClient) -> None:
    cashier.post("/till/scan", data={"code": code_of(village)})
    sale = pay_at_the_till(cashier, "50000")
    page = cashier.post(f"/till/print/{sale.number}", data={"language": "en"}).text
    assert 'data-panel="sale"' in page
    assert "Bản tiếng Anh đã gửi sang máy in" in page


def test_the_change_of_the_sale_before_is_gone_after_a_refund(village: Shop, cashier: FlaskClient) -> None:
    cashier.post("/till/scan", data={"code": code_of(village)})
    sale = pay_at_the_till(cashier, "50000")
    assert f"Phiếu trước {sale.number:06}" in cashier.get("/till").text
    answer = cashier.post(f"/till/refund/{sale.number}", data={"part-1": "1", "reason": "vỡ hộp", "key": "k"})
    assert 'data-panel="done"' in answer.text
    assert "Phiếu trước" not in answer.text
    assert "Phiếu trước" not in cashier.get("/till").text


def test_while_the_shift_is_closed_the_reason_is_said_beside_the_float(village: Shop) -> None:
    closed = village.client("cashier")
    refused = closed.post("/till/scan", data={"code": village.village.misfit_codes["Nem chua 200 g"]}).text
    assert 'data-panel="shift_open"' in refused
    assert 'class="notice look" role="alert"' in refused
    assert "Quầy này chưa mở ca" not in refused
    assert "Quầy này chưa mở ca" in closed.get("/till/panel/cash").text
    assert "Quầy này chưa mở ca" not in closed.get("/till").text


def test_a_float_that_differs_from_the_count_before_is_told_with_both_sums(
    village: Shop, cashier: FlaskClient
) -> None:
    cashier.post("/till/shift/close", data={"counted": "500000"})
    page = cashier.post("/till/shift/open", data={"float": "450000"}).text
    assert 'data-panel="pay"' in page
    for text in ("còn lại 500.000", "được 450.000", "Đã ghi lại cho quản lý"):
        assert text in page
    cashier.post("/till/shift/close", data={"counted": "450000"})
    assert "ghi lại cho quản lý" not in cashier.post("/till/shift/open", data={"float": "450000"}).text


def test_a_receipt_in_english_has_no_vietnamese_rule(village: Shop, cashier: FlaskClient) -> None:
    cashier.post("/till/scan", data={"code": code_of(village)})
    sale = pay_at_the_till(cashier, "50000")
    cashier.post(f"/till/print/{sale.number}", data={"language": "en"})
    with open_reading() as session:
        first, again = session.scalars(select(PrintJob.slip).order_by(PrintJob.id.desc()).limit(2)).all()[
            ::-1
        ]
    assert "Đổi trả" in first
    assert "Đổi trả" not in again
    assert "To give goods back, ask at the counter" in again


def test_the_print_queue_names_what_is_printed(village: Shop, cashier: FlaskClient) -> None:
    cashier.post("/till/scan", data={"code": code_of(village)})
    sale = pay_at_the_till(cashier, "50000")
    page = village.client("manager").get("/printing").text
    assert f"Phiếu <strong>{sale.number:06}</strong>" in page


def test_the_till_has_the_shops_time(village: Shop, cashier: FlaskClient) -> None:
    now_ms = int(village.clock.now().timestamp() * 1000)
    assert f'data-now="{now_ms}"' in cashier.get("/till").text
