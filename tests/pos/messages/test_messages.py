"""Messages between the shop and its producers: threads, what is unread, whose they are, and how they are told elsewhere."""

import json
import re

import pytest
from flask.testing import FlaskClient
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from pos.identity.models import Person
from pos.identity.people import add_person
from pos.journal.models import JournalRow
from pos.kernel.actor import Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import NotFound, Refused
from pos.messages import templates
from pos.messages.models import Message, MessageReading
from pos.messages.queries import count_unread_by, list_threads, list_unread_by_shop
from pos.messages.terms import LONGEST_SHORT_TEXT, TEXTS, render_message, shorten_text
from pos.messages.write import LONGEST_TEXT, tell_producer, write_to_shop
from tests.builders import a_maker
from tests.conftest import MANAGER, MORNING, TODAY, Shop

EVERY_TEMPLATE = (
    (templates.make_statement_ready(number=7, ends=TODAY, closing_vnd=1_250_000),
     "Bảng kê số 7 đến ngày 24/11/2026 đã xong: cửa hàng còn phải trả bạn 1.250.000 ₫."),
    (templates.make_statement_ready(number=8, ends=TODAY, closing_vnd=-50_000),
     "Bảng kê số 8 đến ngày 24/11/2026 đã xong: −50.000 ₫, chuyển sang kỳ sau."),
    (templates.make_paid_out(amount_vnd=500_000, how="transfer"), "Cửa hàng đã trả bạn 500.000 ₫, bằng chuyển khoản."),
    (templates.make_paid_out(amount_vnd=500_000, how="cash"), "Cửa hàng đã trả bạn 500.000 ₫, bằng tiền mặt."),
    (templates.make_payout_account_changed(masked="VCB …6789"),
     "Từ nay tiền của bạn chuyển vào tài khoản VCB …6789. Nếu không phải bạn yêu cầu, gọi ngay cho cửa hàng."),
    (templates.make_dispute_answered(statement=7, line=3), "Cửa hàng đã trả lời điều bạn viết về dòng 3 của bảng kê số 7."),
    (templates.make_price_answered(product="Chè lam", accepted=True), "Giá bạn đề nghị cho Chè lam đã được nhận."),
    (templates.make_price_answered(product="Chè lam", accepted=False), "Giá bạn đề nghị cho Chè lam không được nhận."),
)  # fmt: skip


@pytest.fixture
def mine(village: Shop) -> FlaskClient:
    return village.client("producer")


def own_person(shop: Shop) -> Person:
    assert shop.village is not None
    login = {role: login for role, _name, login, _pin in reversed(shop.village.pins)}["producer"]
    with open_reading() as session:
        return session.scalars(select(Person).where(Person.login == login)).one()


def test_the_shop_writes_the_producer_answers_and_each_sees_what_is_read(
    village: Shop, manager: FlaskClient, mine: FlaskClient
) -> None:
    person = own_person(village)
    thread = f"/messages/{person.producer_id}"
    manager.post(thread, data={"text": "Thứ Hai mang thêm chè lam nhé.\n<b>Cảm ơn</b>", "once": "a"})
    manager.post(thread, data={"text": "Thứ Hai mang thêm chè lam nhé.\n<b>Cảm ơn</b>", "once": "a"})
    assert "Chưa đọc" in manager.get(thread).text
    assert "1 tin nhắn mới của cửa hàng" in mine.get("/mine").text
    page = mine.get("/mine/messages").text
    assert page.count("Thứ Hai mang thêm") == 1
    assert "&lt;b&gt;Cảm ơn" in page
    assert "tin nhắn mới của cửa hàng" not in mine.get("/mine").text
    assert re.search(rf"Đã đọc:\s+{person.name} 24/11/2026 09:00", manager.get(thread).text)
    mine.post("/mine/messages", data={"text": "Vâng ạ.", "once": "b"})
    assert "Tin nhắn của chủ thể chưa ai đọc" in manager.get("/today").text
    assert "1 tin mới" in manager.get("/messages").text
    manager.get(thread)
    assert "Tin nhắn của chủ thể chưa ai đọc" not in manager.get("/today").text
    assert re.search(r"Đã đọc:", mine.get("/mine/messages").text)


def test_each_person_of_a_producer_has_what_they_have_not_read(any_shop: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        (lan, _pin), (huy, _other_pin) = (
            add_person(session, name, Role.PRODUCER, by=MANAGER, at=MORNING, producer_id=maker.id)
            for name in ("Lan", "Huy")
        )
        message = tell_producer(session, maker.id, "Chào hai bạn", by=MANAGER, at=MORNING)
        write_to_shop(session, maker.id, "Chào cửa hàng", by=lan.actor(), at=MORNING)
        session.add(MessageReading(message_id=message.id, person_id=lan.id, at=MORNING))
    with open_reading() as session:
        assert (
            count_unread_by(session, maker.id, lan.id),
            count_unread_by(session, maker.id, huy.id),
        ) == (0, 1)
        assert [(message.text, name) for message, name in list_unread_by_shop(session)] == [
            ("Chào cửa hàng", maker.name)
        ]
        assert [(thread.producer.id, thread.unread) for thread in list_threads(session) if thread.newest] == [
            (maker.id, 1)
        ]


def test_words_are_in_no_journal_row_and_come_at_their_field(
    village: Shop, manager: FlaskClient, mine: FlaskClient
) -> None:
    thread = f"/messages/{own_person(village).producer_id}"
    manager.post(thread, data={"text": "Bí mật của chị Hoa"})
    too_long = "ă" * (LONGEST_TEXT + 1)
    answer = mine.post("/mine/messages", data={"text": too_long})
    assert too_long in answer.text
    assert 'id="text-no"' in answer.text
    assert 'id="text-no"' in manager.post(thread, data={"text": " \n "}).text
    with open_reading() as session:
        assert len(session.scalars(select(Message)).all()) == 1
        assert not any("Hoa" in payload for payload in session.scalars(select(JournalRow.payload)))
    assert "nhắn tin cho" in manager.get("/journal?kind=message_to_producer").text


def test_another_producers_message_is_nobodys(village: Shop, mine: FlaskClient, manager: FlaskClient) -> None:
    with unit_of_work() as session:
        other = tell_producer(
            session, a_maker(session, "Hộ khác").id, "Chỉ cho hộ khác", by=MANAGER, at=MORNING
        )
    assert mine.get(f"/mine/messages/{other.id}").status_code == 404
    assert "Chỉ cho hộ khác" not in mine.get(f"/mine/messages?before={other.id + 1}").text
    assert manager.get(f"/messages/{own_person(village).producer_id}/{other.id}").status_code == 404
    assert manager.get("/messages/99999").status_code == 404
    with open_reading() as session, pytest.raises(NotFound):
        tell_producer(session, 99_999, "Ai đấy?", by=MANAGER, at=MORNING)


@pytest.mark.parametrize(("template", "sentence"), EVERY_TEMPLATE, ids=lambda each: getattr(each, "code", ""))
def test_each_template_is_a_sentence_in_both_languages(
    shop: Shop, template: templates.MessageTemplate, sentence: str
) -> None:
    with unit_of_work() as session:
        message = tell_producer(session, a_maker(session).id, template, by=MANAGER, at=MORNING)
    with shop.app.test_request_context():
        assert render_message(message) == sentence
    with shop.app.test_request_context(), force_locale("en"):
        assert render_message(message) != sentence
        assert "%(" not in render_message(message)
    assert template.code in TEXTS
    assert json.loads(message.facts_json) == dict(template.facts)


def test_the_text_for_zalo_is_shown_to_be_copied_with_the_shops_own_address_alone(
    village: Shop, manager: FlaskClient
) -> None:
    with unit_of_work() as session:
        message = tell_producer(session, own_person(village).producer_id or 0, "Mang thêm chè lam", by=MANAGER, at=MORNING)  # fmt: skip
    page = manager.get(f"/messages/{message.producer_id}/{message.id}").text
    (text,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert text == "Điểm OCOP Mông Phụ: Mang thêm chè lam https://trace.example.com/mine"


@given(
    st.text(max_size=LONGEST_TEXT), st.text(max_size=100), st.sampled_from(["", "https://shop.example/mine"])
)
def test_a_short_text_always_fits_and_keeps_its_address(text: str, shop_name: str, address: str) -> None:
    short = shorten_text(text, shop_name, address)
    assert len(short) <= LONGEST_SHORT_TEXT
    assert short.endswith(address)


@pytest.mark.parametrize("text", ["  ", "\u202e", "\ufeff", "\u200b\u200d \u2060\n", "\x1b\x00"])
def test_a_text_in_which_nothing_is_seen_is_refused_on_both_sides(shop: Shop, text: str) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        for write in (tell_producer, write_to_shop):
            with pytest.raises(Refused) as refused:
                write(session, maker.id, text, by=MANAGER, at=MORNING)
            assert [reason.code for reason in refused.value.reasons] == ["message_empty"]


def test_signs_that_no_one_sees_are_left_out_of_a_text(shop: Shop) -> None:
    with unit_of_work() as session:
        text = "Mai mang\x1b[2J\u202e 5 kg\r\nnhé\u200b"
        message = tell_producer(session, a_maker(session).id, text, by=MANAGER, at=MORNING)
        assert message.text == "Mai mang[2J 5 kg\nnhé"


def test_the_page_says_at_the_box_that_there_are_no_words(mine: FlaskClient) -> None:
    answer = mine.post("/mine/messages", data={"text": "\u202e\ufeff", "once": "i"})
    assert "Chưa có nội dung" in answer.text
