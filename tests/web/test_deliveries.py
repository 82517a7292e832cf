"""Deliveries: announced, judged line by line, partly refused with a note, checked, read from codes and workbooks."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from openpyxl import Workbook
from sqlalchemy import select

from pos.admission.models import Paper, PaperKind
from pos.admission.papers import mark_revoked
from pos.catalog.models import GoodsKind, Product
from pos.documents.workbook import render_workbook
from pos.kernel.actor import SYSTEM
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.kernel.reason import Reason
from pos.maintenance.verify import verify_books
from pos.printing.models import PrintJob
from pos.producers.models import Producer
from pos.sales.basket import add_goods
from pos.shop.models import get_shop
from pos.stock.address import format_lot_address
from pos.stock.lots import place_hold
from pos.stock.models import Lot, OnHand
from pos.storeroom.announce import announce_delivery
from pos.storeroom.checks import save_check
from pos.storeroom.forms import MOST_LINES
from pos.storeroom.judge_delivery import read, reasons_to_json
from pos.storeroom.models import (
    AnnouncedDelivery,
    AnnouncedLine,
    LineCheck,
    QualityCheck,
    Receiving,
    ReceivingLine,
    RefusedLine,
)
from tests.builders import a_maker, a_product, an_open_shift
from tests.conftest import MORNING, STATION, TODAY, Shop

MADE, ENDS = TODAY - timedelta(days=3), TODAY + timedelta(days=60)


def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def line(
    n: int, product: Product, lot: str, *, ends: date = ENDS, pieces: str = "5", **more: str
) -> dict[str, str]:
    fields = {"product_id": str(product.id), "lot_number": lot, "made_on": day(MADE), "expires_on": day(ends),
              "quantity_milli": pieces, **more}  # fmt: skip
    return {f"lines-{n}-{name}": value for name, value in fields.items()}


def a_note(*lines: dict[str, str], **more: str) -> dict[str, str]:
    typed = {"delivery_note": "PG-7", "note_date": day(TODAY)} | more
    for item in lines:
        typed |= item
    return typed


class Door:
    """A producer with seven products at the shop's door."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.boss = shop, shop.client("manager")
        with unit_of_work() as session:
            maker = a_maker(session, "Hộ giao hàng mẫu")
            self.maker_id = maker.id
            self.products = [a_product(session, maker, 900 + n, name=f"Kẹo thử {n}") for n in range(7)]

    @property
    def address(self) -> str:
        return f"/receiving/new/{self.maker_id}"

    def on_hand(self) -> dict[str, int]:
        with open_reading() as session:
            rows = session.execute(
                select(Lot.number, OnHand.quantity_milli).join(OnHand).join(Product, Product.id == Lot.product_id)
                .where(Product.producer_id == self.maker_id)
            )  # fmt: skip
            return {number: quantity // ONE for number, quantity in rows}


@pytest.fixture
def door(village: Shop) -> Door:
    return Door(village)


def test_seven_lines_three_inadmissible_for_different_reasons(door: Door) -> None:
    """Four come in, a note says why three go back, and nothing of the three can be sold."""
    ended, withdrawn, recalled = door.products[1], door.products[3], door.products[5]
    with unit_of_work() as session:
        paper = session.scalars(
            select(Paper).where(
                Paper.kind == PaperKind.RECOGNITION, Paper.covers.any(product_id=withdrawn.id)
            )
        ).one()
        mark_revoked(session, paper, on=TODAY, decision="QĐ-99 (ví dụ)", by=SYSTEM, at=MORNING)
        place_hold(session, product_id=recalled.id, reason="nghi có dị vật", by=SYSTEM, at=MORNING)
    lines = [line(n, p, f"T{n}", ends=TODAY - timedelta(days=1) if p is ended else ENDS) for n, p in enumerate(door.products)]  # fmt: skip
    first = door.boss.post(door.address, data=a_note(*lines))
    assert first.status_code == 200
    assert "3 dòng không nhận được" in first.text
    for words in ("đã hết hạn ngày", "thu hồi", "nghi có dị vật"):
        assert words in first.text
    assert door.on_hand() == {}, "nothing is taken before somebody says that the rest may go back"
    done = door.boss.post(door.address, data=a_note(*lines, refuse="1"))
    assert done.status_code == 302
    assert door.on_hand() == {"T0": 5, "T2": 5, "T4": 5, "T6": 5}
    number = int(done.location.rsplit("/", 1)[1])
    shown = door.boss.get(done.location).text
    assert shown.count("Kẹo thử") == 7

    document = pypdfium2.PdfDocument(door.boss.get(f"/receiving/{number}/refusal.pdf").data)
    document[0].render(scale=1.6).to_pil().save(".artifacts/refusal-note.png")
    paper_said = re.sub(r"\s+", " ", document[0].get_textpage().get_text_range())
    for words in (
        "Hộ giao hàng mẫu",
        "PG-7",
        "Kẹo thử 1",
        "Kẹo thử 3",
        "Kẹo thử 5",
        "nghi có dị vật",
        "55/2010/QH12",
        "Bên giao",
    ):
        assert words in paper_said, words
    assert "Kẹo thử 0" not in paper_said
    with unit_of_work() as session:
        an_open_shift(session)
        for product in (ended, withdrawn, recalled):
            with pytest.raises(Exception) as caught:
                add_goods(session, STATION, product.id, ONE, at=MORNING)
            assert caught.value.__class__.__name__ == "Refused"
        assert {row.lot_number for row in session.scalars(select(RefusedLine))} == {"T1", "T3", "T5"}
        assert session.scalars(select(Lot).where(Lot.number.in_(("T1", "T3", "T5")))).all() == []
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_delivery_may_go_back_whole_and_at_the_managers_word(door: Door) -> None:
    data = a_note(line(0, door.products[0], "B1", sent_back="hộp móp"), refuse="1")
    done = door.boss.post(door.address, data=data)
    assert done.status_code == 302
    assert "hộp móp" in door.boss.get(done.location).text
    assert door.on_hand() == {}
    with open_reading() as session:
        assert verify_books(session) == []


def test_what_came_may_differ_from_what_the_note_says(door: Door) -> None:
    done = door.boss.post(door.address, data=a_note(line(0, door.products[0], "D1", noted_milli="6")))
    assert "phiếu ghi 6" in door.boss.get(done.location).text
    with open_reading() as session:
        row = session.scalars(select(ReceivingLine).order_by(ReceivingLine.id.desc())).first()
        assert row is not None
        assert (row.n, row.quantity_milli, row.noted_milli) == (1, 5 * ONE, 6 * ONE)


def test_checks_of_a_group_are_answered_and_what_fails_goes_back(door: Door) -> None:
    with unit_of_work() as session:
        seal = save_check(session, QualityCheck(name="Bao bì kín", group_code=None), by=SYSTEM, at=MORNING).id
        cold = save_check(session, QualityCheck(name="Nhiệt độ", group_code="food", least_tenths=0, most_tenths=50),
                          by=SYSTEM, at=MORNING).id  # fmt: skip
        save_check(session, QualityCheck(name="Mùi", group_code="drinks"), by=SYSTEM, at=MORNING)
    lines = a_note(line(0, door.products[0], "K1"))
    unanswered = door.boss.post(door.address, data=lines)
    assert "Chưa kiểm tra: Bao bì kín" in unanswered.text
    assert "Mùi" not in unanswered.text
    lines |= {f"lines-0-check-{seal}": "good", f"lines-0-check-{cold}": "7,5"}
    warm = door.boss.post(door.address, data=lines)
    assert "Không đạt: Nhiệt độ" in warm.text
    assert door.boss.post(door.address, data=lines | {f"lines-0-check-{cold}": "4"}).status_code == 302
    with open_reading() as session:
        output = [
            (c.name, c.is_good, c.tenths) for c in session.scalars(select(LineCheck).order_by(LineCheck.id))
        ]
        assert output == [("Bao bì kín", True, None), ("Nhiệt độ", True, 40)]
    assert door.on_hand() == {"K1": 5}


def test_the_list_of_checks_is_kept(door: Door) -> None:
    for typed, words in (
        ({"name": ""}, "Cần điền"),
        ({"name": "x", "least_tenths": "5", "most_tenths": "1"}, "nóng"),
    ):
        assert words in door.boss.post("/receiving/checks", data=typed).text
    door.boss.post("/receiving/checks", data={"name": "Tem niêm phong", "group_code": "food"})
    with open_reading() as session:
        (check,) = session.scalars(select(QualityCheck))
        assert (check.name, check.group_code) == ("Tem niêm phong", "food")
    door.boss.post(f"/receiving/checks/{check.id}", data={"name": "Tem còn nguyên", "group_code": ""})
    assert "Tem còn nguyên" in door.boss.get("/receiving/checks").text
    door.boss.post(f"/receiving/checks/{check.id}/archive")
    assert "Tem còn nguyên" not in door.boss.get("/receiving/checks").text
    assert door.boss.post("/receiving/checks/999/archive").status_code == 404


def test_a_producer_announces_and_the_shop_opens_it(village: Shop) -> None:
    mine = village.client("producer")
    with open_reading() as session:
        maker = session.scalars(select(Producer).where(Producer.name == "Hợp tác xã mẫu 01")).one()
        product = session.scalars(
            select(Product).where(Product.producer_id == maker.id, ~Product.archived)
        ).first()
        assert product is not None
    typed = {"delivery_note": "BG-1", "comes_on": day(TODAY), **line(0, product, "BG-L", pieces="8")}
    assert (
        "đã qua"
        in mine.post("/mine/deliveries/new", data=typed | {"comes_on": day(TODAY - timedelta(days=1))}).text
    )
    assert mine.post("/mine/deliveries/new", data=typed).status_code == 302
    boss = village.client("manager")
    assert "BG-1" in boss.get("/receiving").text
    with open_reading() as session:
        coming = session.scalars(select(AnnouncedDelivery)).one()
    opened = boss.get(f"/receiving/new/{maker.id}?announced={coming.id}").text
    assert 'value="BG-L"' in opened
    data = a_note(line(0, product, "BG-L", pieces="7", noted_milli="8"), delivery_note="BG-1")
    assert boss.post(f"/receiving/new/{maker.id}?announced={coming.id}", data=data).status_code == 302
    assert "BG-1" not in boss.get("/receiving").text.split("Ai giao hàng?")[0]
    page = mine.get("/mine/deliveries").text
    assert "Nhận lúc" in page
    assert "nhận thiếu" in page
    assert "đã báo" in page
    assert mine.post(f"/mine/deliveries/{coming.id}/withdraw").status_code == 422
    with open_reading() as session:
        assert (
            session.scalars(select(Receiving).where(Receiving.announced_id == coming.id)).one().delivery_note
            == "BG-1"
        )
        assert verify_books(session) == []


def test_an_announcement_is_withdrawn_once_and_by_its_own_producer_alone(village: Shop) -> None:
    mine = village.client("producer")
    with open_reading() as session:
        own, others = (
            session.scalars(select(Product).where(where, ~Product.archived)).first()
            for where in (Product.producer_id == 1, Product.producer_id == 2)
        )
        assert own is not None
        assert others is not None
    typed = {"delivery_note": "BG-2", "comes_on": day(TODAY)}
    assert (
        mine.post("/mine/deliveries/new", data=typed | line(0, others, "X")).status_code == 200
    )  # not among the choices
    mine.post("/mine/deliveries/new", data=typed | line(0, own, "X"))
    with unit_of_work() as session:
        (coming,) = session.scalars(select(AnnouncedDelivery))
        foreign = AnnouncedDelivery(
            producer_id=2, delivery_note="của người khác", comes_on=TODAY, at=MORNING, lines=[]
        )
        session.add(foreign)
    assert mine.post(f"/mine/deliveries/{foreign.id}/withdraw").status_code == 404
    assert "của người khác" not in mine.get("/mine/deliveries").text
    assert mine.post(f"/mine/deliveries/{coming.id}/withdraw").status_code == 302
    assert mine.post(f"/mine/deliveries/{coming.id}/withdraw").status_code == 422
    assert "BG-2" not in village.client("manager").get("/receiving").text


def test_a_scanned_pack_fills_a_line_and_is_judged_at_once(door: Door) -> None:
    product = door.products[0]
    with open_reading() as session:
        gtin = session.get_one(Product, product.id).barcodes[0].gtin
    code = f"(01){gtin}(10)GS-7(17)270131"
    filled = door.boss.get(f"{door.address}/line", query_string={"n": "3", "code": code}).text
    assert 'name="lines-3-lot_number"' in filled
    assert 'value="GS-7"' in filled
    assert 'value="31/01/2027"' in filled
    assert f'selected value="{product.id}"' in filled
    assert (
        'value="GS-7"'
        not in door.boss.get(f"{door.address}/line", query_string={"n": "3", "code": "9999"}).text
    )
    asked = {"n": "3", **line(3, product, "GS-7")}
    assert "Nhận được" in door.boss.get(f"{door.address}/verdict", query_string=asked).text
    asked["lines-3-expires_on"] = day(TODAY - timedelta(days=1))
    assert "đã hết hạn" in door.boss.get(f"{door.address}/verdict", query_string=asked).text


def test_a_workbook_fills_the_form_and_receives_nothing(door: Door) -> None:
    rows = [["PG-XL", p.name, f"X{n}", MADE, ENDS, 4] for n, p in enumerate(door.products[:3])]
    rows.append(["PG-XL", "Không có hàng này", "X9", MADE, ENDS, 1])
    rows.append(["PG-XL", door.products[0].name, "X8", "không phải ngày", ENDS, 1])
    book = render_workbook(
        [("Giao hàng", ["Phiếu giao hàng", "Tên hàng", "Lô", "NSX", "HSD", "Số lượng"], rows)]
    )
    supplied = {"workbook": (BytesIO(book), "giao.xlsx")}
    shown = door.boss.post(f"{door.address}/workbook", data=supplied, content_type="multipart/form-data").text
    assert all(f'value="X{n}"' in shown for n in range(3))
    assert 'value="PG-XL"' in shown
    assert "các dòng 5, 6" in shown
    assert door.on_hand() == {}
    empty = BytesIO()
    Workbook().save(empty)
    for odd in (b"no workbook", empty.getvalue()):
        supplied = {"workbook": (BytesIO(odd), "x.xlsx")}
        assert (
            door.boss.post(
                f"{door.address}/workbook", data=supplied, content_type="multipart/form-data"
            ).status_code
            == 422
        )


def test_alcohol_is_received_by_two_where_the_policy_says_so(village: Shop) -> None:
    boss = village.client("manager")
    with unit_of_work() as session:
        get_shop(session).alcohol_two_people = True
        wine = session.scalars(
            select(Product).where(Product.kind == GoodsKind.ALCOHOL, ~Product.archived)
        ).first()
        assert wine is not None
    address, data = f"/receiving/new/{wine.producer_id}", a_note(line(0, wine, "R1"))
    assert "Rượu phải có hai người nhận" in boss.get(address).text
    alone = boss.post(address, data=data)
    assert "người thứ hai" in alone.text
    login = next(login for role, _name, login, _pin in village.village.pins if role == "cashier")
    wrong = data | {"second_login": login, "second_pin": "000000"}
    assert boss.post(address, data=wrong).status_code == 200
    assert boss.post(address, data=wrong | {"second_pin": "135792"}).status_code == 302


def test_a_lots_label_is_printed_as_often_as_asked(door: Door) -> None:
    done = door.boss.post(
        door.address, data=a_note(line(0, door.products[0], ""), line(1, door.products[1], "N2"))
    )
    door.boss.post(f"{done.location}/labels", data={"copies": "3"})
    with open_reading() as session:
        jobs = session.scalars(
            select(PrintJob).where(PrintJob.subject.startswith("lot:")).order_by(PrintJob.id)
        ).all()
        assert [job.slip.count('"Cut"') for job in jobs] == [3, 3]
        assert f"{TODAY:%y%m%d}-" in jobs[0].slip  # the shop's own number, from the note
        assert "https://trace.example.com/" in jobs[0].slip


@pytest.mark.parametrize(("number", "gtins", "address"), [
    ("L 1/2", ["09521234567899"], "https://x.vn/01/09521234567899/10/L%201%2F2"),
    ("L1", ["02001234567893", "00000000000000"], "https://x.vn/01/00000000000000/10/L1"),
    ("L1", ["02001234567893"], "https://x.vn/t/code"), ("..", ["09521234567899"], "https://x.vn/t/code"), ("L1", [], "https://x.vn/t/code"),
])  # fmt: skip
def test_where_a_lots_code_leads(number: str, gtins: list[str], address: str) -> None:
    lot: Any = Lot(number=number, trace_code="code")
    assert format_lot_address("https://x.vn/", lot, gtins) == address
    assert format_lot_address("", lot, gtins) == ""


def test_what_was_chosen_stays_chosen_when_a_form_comes_back(village: Shop) -> None:
    """The select kept its choice in the data and lost it on the page."""
    shown = village.client("manager").post("/products/new", data={"name_vi": "", "producer_id": "3"}).text
    assert re.search(r'<option selected value="3">', shown)


def test_an_announced_delivery_comes_in_once(door: Door) -> None:
    """Two people opened it; the second one is told."""
    with unit_of_work() as session:
        item = AnnouncedLine(
            product_id=door.products[0].id,
            lot_number="T0",
            made_on=MADE,
            expires_on=ENDS,
            quantity_milli=5 * ONE,
        )
        coming = announce_delivery(session, session.get_one(Producer, door.maker_id), [item], delivery_note="PG-7", comes_on=TODAY,
                          by=SYSTEM, at=MORNING).id  # fmt: skip
    address, typed = f"{door.address}?announced={coming}", a_note(line(0, door.products[0], "T0"))
    assert door.boss.post(address, data=typed).status_code == 302
    again = door.boss.post(address, data=typed)
    assert "Hàng này đã nhận rồi." in again.text
    assert door.on_hand() == {"T0": 5}


def test_a_line_too_many_is_said(door: Door) -> None:
    lines = [line(n, door.products[0], f"T{n}") for n in range(MOST_LINES + 1)]
    told = door.boss.post(door.address, data=a_note(*lines))
    assert f"nhiều nhất {MOST_LINES} dòng" in told.text
    assert door.on_hand() == {}
    assert door.boss.post(door.address, data=a_note(*lines[:-1], more="1")).status_code == 200
    bring = {f"lines-{n}-lot_number": "x" for n in range(MOST_LINES)} | {"more": "1"}
    assert door.shop.client("producer").post("/mine/deliveries/new", data=bring).status_code == 200


def test_a_photo_that_is_none_leaves_the_form_as_it_was(door: Door) -> None:
    with unit_of_work() as session:
        check = save_check(session, QualityCheck(name="mùi"), by=SYSTEM, at=MORNING).id
    typed = a_note(line(0, door.products[0], "LO-ANH")) | {
        f"lines-0-check-{check}": "good",
        "lines-0-photo": (BytesIO(b"x"), "a.jpg"),
    }
    told = door.boss.post(door.address, data=typed, content_type="multipart/form-data")
    assert "LO-ANH" in told.text
    assert door.on_hand() == {}


HUGE = "9" * 25


@pytest.mark.parametrize("name", ["product_id", "place_id"])
def test_a_huge_key_in_a_line(door: Door, name: str) -> None:
    typed = line(0, door.products[0], "T0") | {f"lines-0-{name}": HUGE}
    assert door.boss.get(f"{door.address}/verdict", query_string=typed).status_code == 200
    assert door.boss.post(door.address, data=a_note(typed)).status_code == 200
    assert door.boss.get(f"/receiving?producer={HUGE}").status_code == 200
    assert door.on_hand() == {}


def test_no_pin_is_sent_with_a_question(door: Door) -> None:
    """The gate's word is asked by GET: only the line's own fields may stand in that address."""
    assert 'hx-include="closest fieldset"' in door.boss.get(f"{door.address}/line?n=0").text
    assert "closest form" not in door.boss.get(door.address).text


def test_a_stopped_lot_typed_otherwise_is_still_stopped(door: Door) -> None:
    """L-01 was recalled: what comes as "l 01" may be the same."""
    door.boss.post(door.address, data=a_note(line(0, door.products[0], "L-01")))
    with unit_of_work() as session:
        lot = session.scalars(select(Lot).where(Lot.number == "L-01")).one()
        place_hold(session, lot_id=lot.id, reason="mốc", by=SYSTEM, at=MORNING)
    for number in ("l 01", "L01", "L-01"):
        assert "mốc" in door.boss.post(door.address, data=a_note(line(0, door.products[0], number))).text, (
            number
        )
    assert door.boss.post(door.address, data=a_note(line(0, door.products[0], "L-011"))).status_code == 302


@pytest.mark.parametrize("copies", ["0", "51", "-3", "x", ""])
def test_an_odd_number_of_labels_is_said_and_a_double_click_prints_once(door: Door, copies: str) -> None:
    done = door.boss.post(door.address, data=a_note(line(0, door.products[0], "E1")))
    assert door.boss.post(f"{done.location}/labels", data={"copies": copies}).status_code == 422
    for _click in range(2):
        door.boss.post(f"{done.location}/labels", data={"copies": "1", "once": "k"})
    with open_reading() as session:
        assert len(session.scalars(select(PrintJob).where(PrintJob.subject.startswith("lot:"))).all()) == 1


def test_reasons_kept_with_a_refused_line_are_read_back_as_they_were() -> None:
    kept = [
        Reason.make("expired", lot="2026-11-24", ended=TODAY),
        Reason.make("sent_back", why="2026-11-24"),
        Reason.make("no_price"),
    ]
    assert read(reasons_to_json(kept)) == kept


@pytest.mark.parametrize("typo", [{"expires_on": "99/99/9999"}, {"made_on": "²"}, {"quantity_milli": "1e9"}])
def test_a_slip_of_the_finger_sends_no_goods_back(door: Door, typo: dict[str, str]) -> None:
    bad = line(1, door.products[1], "T1") | {f"lines-1-{name}": value for name, value in typo.items()}
    page = door.boss.post(door.address, data=a_note(line(0, door.products[0], "T0"), bad)).text
    (box,) = typo
    assert f'id="lines-1-{box}-no"' in page
    assert 'name="refuse"' not in page
    assert "dòng không nhận được" not in page
    again = door.boss.post(door.address, data=a_note(line(0, door.products[0], "T0"), bad, refuse="1"))
    assert again.status_code == 200
    assert door.on_hand() == {}
    live = door.boss.get(f"{door.address}/verdict", query_string={"n": "1"} | bad).text
    assert "notice" not in live, "neither refused nor admitted while it can't be read"


@pytest.mark.parametrize(
    ("box", "typed"), [("made_on", day(TODAY + timedelta(days=3))), ("quantity_milli", "0,5")]
)
def test_a_fault_of_a_line_is_said_at_its_box_alone(door: Door, box: str, typed: str) -> None:
    bad = line(1, door.products[1], "T1") | {f"lines-1-{box}": typed}
    page = door.boss.post(door.address, data=a_note(line(0, door.products[0], "T0"), bad)).text
    assert re.findall(r'id="([\w-]+)-no"', page) == [f"lines-1-{box}"]
    assert 'role="alert"' not in page
    assert page.count("notice ok") == 1, "the other line's"
    if box == "made_on":
        live = door.boss.get(f"{door.address}/verdict", query_string={"n": "1"} | bad).text
        assert "notice ok" not in live
        assert "chưa đến" in live, "what saving would say"


def test_a_notes_day_that_is_none_is_said_to_be_none(door: Door) -> None:
    page = door.boss.post(
        door.address, data=a_note(line(0, door.products[0], "T0"), note_date="99/99/9999")
    ).text
    error = re.search(r'id="note_date-no">.*?</svg>([^<]+)<', page, re.DOTALL)
    assert error is not None
    assert "Gõ ngày" in error[1]
    assert "Cần điền" not in error[1]
