"""The manager's pages of terms: looked at before they are saved, their annex, a lot's terms put right, the bank's fees, a fault."""

import re
from html import unescape

import pypdfium2
from flask.testing import FlaskClient
from sqlalchemy import select

from pos.demo.build import TOLD_PINS
from pos.kernel.actor import Role
from pos.kernel.database import open_reading
from pos.producers.models import Cost, ProducerTerms
from pos.producers.terms import list_bands, list_terms
from pos.settlement.models import RecallFault, TenderFee
from pos.stock.models import Hold, Lot, LotTerms
from tests.conftest import Shop

TERMS = {
    "starts": "01/12/2026", "deal": "consignment", "commission_bp": "20", "spoilage_borne_by": "producer", "markdown_borne_by": "shop",
    "fee_borne_by": "producer", "period": "half_month", "least_payout_vnd": "100.000", "days_to_pay": "5",
    "bands-0-from_vnd": "10.000.000", "bands-0-commission_bp": "15",
}  # fmt: skip
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def sign(village: Shop) -> dict[str, str]:
    """A cashier is the second person."""
    login = next(login for role, _name, login, _pin in village.village.pins if role == "cashier")
    return {"login": login, "pin": TOLD_PINS[Role.CASHIER.value]}


def newest(producer_id: int = 1) -> ProducerTerms:
    with open_reading() as session:
        return list_terms(session, producer_id)[0]


def kept_fields(page: str) -> dict[str, str]:
    found = {name: unescape(value) for name, value in HIDDEN.findall(page)}
    return {name: value for name, value in found.items() if name != "csrf_token"}


def read_text(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)).replace(
        "\r\n", " "
    )


def test_terms_are_looked_at_gone_back_from_and_then_saved(village: Shop) -> None:
    boss, before = village.client("manager"), newest().id
    looked_at = boss.post("/producers/1/terms", data=TERMS).text
    assert newest().id == before, "nothing is saved by looking"
    for words in ("80.000", "85.000", "01/12/2026", "L261121"):
        assert words in looked_at.replace("\u00a0", " "), words
    kept = kept_fields(looked_at)
    assert TERMS.items() <= kept.items()
    back = boss.post("/producers/1/terms", data=kept | {"step": "back"}).text
    assert 'value="10.000.000"' in back
    assert 'aria-invalid="true"' not in back
    assert newest().id == before
    for _twice in range(2):  # a double click
        assert boss.post("/producers/1/terms", data=kept | {"step": "save"}).status_code == 302
    with open_reading() as session:
        terms, older = list_terms(session, 1)[:2]
        assert older.id == before, "saved once"
        assert [(band.from_vnd, band.commission_bp) for band in list_bands(session, terms.id)] == [
            (10_000_000, 1_500)
        ]
    assert (terms.period, terms.least_payout_vnd, terms.days_to_pay) == ("half_month", 100_000, 5)
    assert {cost for cost in Cost if terms.find_bearer(cost) == "producer"} == {Cost.SPOILAGE, Cost.FEE}
    assert "chậm nhất 5 ngày" in boss.get("/producers/1").text


def test_what_is_odd_is_said_at_its_box_and_all_that_was_typed_stays(village: Shop) -> None:
    boss = village.client("manager")
    for field, odd, box in (
        ("bands-1-from_vnd", "5.000.000", "bands-1-from_vnd"),
        ("bands-0-commission_bp", "", "bands-0-commission_bp"),
        ("bands-0-from_vnd", "", "bands-0-from_vnd"),
        ("bands-0-from_vnd", "nhiều", "bands-0-from_vnd"),
        ("bands-0-commission_bp", "101", "bands-0-commission_bp"),
        ("commission_bp", "101", "commission_bp"),
        ("days_to_pay", "91", "days_to_pay"),
        ("days_to_pay", "bảy", "days_to_pay"),
        ("least_payout_vnd", "x", "least_payout_vnd"),
        ("starts", "31/02/2027", "starts"),
    ):
        more = {"bands-1-commission_bp": "12"} if field == "bands-1-from_vnd" else {}
        page = boss.post("/producers/1/terms", data=TERMS | more | {field: odd}).text
        assert f'id="{box}-no"' in page, (field, odd)
        assert page.count('class="wrong"') == 1, (field, odd)
        if odd:
            assert f'value="{odd}"' in page
        assert 'value="100.000"' in page or field == "least_payout_vnd"


def test_an_annex_names_both_parties_the_steps_and_has_room_for_two_to_sign(village: Shop) -> None:
    boss = village.client("manager")
    boss.post("/producers/1/terms", data=TERMS | {"step": "save"})
    boss.post("/language/en")
    answer = boss.get(f"/producers/1/terms/{newest().id}.pdf")
    assert answer.headers["Content-Disposition"].startswith('inline; filename="phu-luc-')
    text = read_text(answer.data)
    for words in (
        "Phụ lục hợp đồng số CT001-2", "Hợp tác xã mẫu 01", "trên 10.000.000", "15 %", "phí thẻ", "chậm nhất 5 ngày",
        "100.000", "Đại diện bên A", "Đại diện bên B", "01/12/2026",
    ):  # fmt: skip
        assert words in text, words
    assert boss.get(f"/producers/2/terms/{newest().id}.pdf").status_code == 404


def test_a_lots_terms_are_put_right_by_two_with_the_difference_beforehand(village: Shop) -> None:
    boss = village.client("manager")
    boss.post("/producers/1/terms", data=TERMS | {"step": "save", "commission_bp": "30"})
    with open_reading() as session:
        lot = session.scalars(select(Lot).where(Lot.producer_id == 1).order_by(Lot.id)).first()
        assert lot is not None
    right, page = newest(), f"/lots/{lot.id}/terms"
    assert page in boss.get(f"/lots/{lot.id}").text
    assert "đã theo thỏa thuận ấy" in boss.get(page, query_string={"terms_id": lot.terms_id}).text
    asked = boss.get(page, query_string={"terms_id": right.id}).text
    assert "ít hơn" in asked
    missing = boss.post(page, data={"terms_id": right.id, "reason": ""}).text
    assert 'id="reason-no"' in missing
    wrong_pin = boss.post(page, data={"terms_id": right.id, "reason": "ghi nhầm", **sign(village), "pin": "111111"}).text  # fmt: skip
    assert 'id="pin-no"' in wrong_pin
    assert 'value="ghi nhầm"' in wrong_pin
    done = boss.post(page, data={"terms_id": right.id, "reason": "ghi nhầm", **sign(village)})
    assert done.status_code == 302, done.text[-1500:]
    with open_reading() as session:
        row = session.scalars(select(LotTerms).where(LotTerms.lot_id == lot.id)).one()
        assert (row.terms_id, row.reason) == (right.id, "ghi nhầm")
        assert row.entry_number is not None
    assert "30 %" in boss.get(f"/lots/{lot.id}").text.replace("\u00a0", " ")
    told = boss.get("/journal").text
    assert "sửa lại thỏa thuận của" in told
    assert "ký gửi, hoa hồng 30 %" in told
    assert boss.get("/lots/999999/terms").status_code == 404
    assert boss.get(page, query_string={"terms_id": "x"}).status_code == 200


def test_the_banks_fees_are_a_list_over_time(village: Shop) -> None:
    boss = village.client("manager")
    for odd in ("", "11", "x"):
        page = boss.post("/producers/fees", data={"tender": "card", "rate_bp": odd, "starts": "1/12/2026"})
        assert 'id="rate_bp-no"' in page.text, odd
    fee = {"tender": "card", "rate_bp": "0,8", "starts": "01/12/2026"}
    assert boss.post("/producers/fees", data=fee).status_code == 302
    assert boss.post("/producers/fees", data=fee | {"tender": "cash"}).status_code == 200
    with open_reading() as session:
        row = session.scalars(select(TenderFee)).one()
        assert (row.kind, row.rate_bp) == ("card", 80)
    assert "0,8 %" in boss.get("/producers/fees").text.replace("\u00a0", " ")
    assert "phí ngân hàng thu" in boss.get("/journal").text


def stop_first_lot(boss: FlaskClient) -> Hold:
    boss.post("/lots/1/stop", data={"reason": "phát hiện dị vật"})
    with open_reading() as session:
        return (
            session.scalars(select(Hold).where(Hold.lot_id == 1).order_by(Hold.id.desc())).first() or Hold()
        )


def test_a_recall_that_was_the_shops_fault_is_written_down_by_two_and_the_page_says_so(village: Shop) -> None:
    boss = village.client("manager")
    hold = stop_first_lot(boss)
    page = f"/recalls/{hold.id}"
    missing = boss.post(f"{page}/fault", data={"reason": ""})
    assert missing.status_code == 422
    assert 'id="fault-reason-no"' in missing.text
    data = {"reason": "để quá nóng", **sign(village)}
    assert boss.post(f"{page}/fault", data=data).status_code == 302
    shown = boss.get(page).text
    assert "để quá nóng" in shown
    assert f"{page}/fault" not in shown, "there is nothing more to write down"
    again = boss.post(f"{page}/fault", data=data | {"once": "another"})
    assert again.status_code == 422
    with open_reading() as session:
        assert session.query(RecallFault).filter_by(hold_id=hold.id).count() == 1
    assert "do lỗi của" in boss.get("/journal").text


def test_one_deal_for_several_can_say_all_that_terms_can(village: Shop) -> None:
    boss = village.client("manager")
    boss.post("/producers/new", data={"name": "Hộ mới một", "address": "thôn mẫu"})
    page = boss.get("/producers/deals").text
    assert "bands-4-from_vnd" in page
    (producer_id,) = re.findall(r'name="producer_ids"[^>]*value="(\d+)"', page) or re.findall(r'value="(\d+)"[^>]*name="producer_ids"', page)  # fmt: skip
    assert boss.post("/producers/deals", data=TERMS | {"starts": "24/11/2026", "producer_ids": [producer_id]}).status_code == 302  # fmt: skip
    assert newest(int(producer_id)).find_bearer(Cost.FEE) == "producer"
