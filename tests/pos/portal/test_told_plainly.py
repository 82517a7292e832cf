"""A producer reads why goods are set apart, what a loss was worth that they bear, and may announce a delivery without a note."""

from flask_babel import force_locale
from sqlalchemy import select

from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.formats import format_vnd_on_screen
from pos.kernel.quantity import ONE
from pos.messages.queries import list_threads
from pos.messages.write import tell_producer, write_to_shop
from pos.portal.losses import list_own_losses
from pos.portal.queries import list_own_stock
from pos.producers.models import Cost
from pos.storeroom.models import AnnouncedDelivery
from tests.builders import an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.settlement.account_steps import bring_back, goods_under, lose, sell

from .test_account_pages import a_browser, a_maker_of


def test_what_is_set_apart_says_why_and_a_loss_what_it_was_worth(shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        producer, product, lot = goods_under(session, 48_000, 2_000, producer_bears=[Cost.SPOILAGE])
        producer_id = producer.id
        bring_back(session, sell(session, (product, 2 * ONE)))
        lose(session, lot, 9)
        (stock,) = list_own_stock(session, producer_id, TODAY)
        assert [own.apart_by.kind for own in stock.lots if own.is_apart and own.apart_by] == ["returned"]
        lost = [loss for loss in list_own_losses(session, producer_id) if loss.kind == "written_off"]
        assert [(loss.borne_by, loss.lost_vnd) for loss in lost] == [("producer", 9 * 48_000)]
    mine = a_browser(shop, producer_id)
    with shop.app.test_request_context(), force_locale("vi"):
        assert "khách trả lại" in mine.get("/mine/stock").text
        page = mine.get("/mine/losses").text
        assert f"trị giá {format_vnd_on_screen(9 * 48_000)}" in page


def test_a_delivery_without_a_note_gets_a_number_of_its_own(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 48_000, 2_000)
        code, producer_id, product_id = producer.code, producer.id, product.id
    mine = a_browser(shop, producer_id)
    for key in "ab":
        sent = {"comes_on": "26/11/2026", "delivery_note": "", "lines-0-product_id": product_id, "lines-0-quantity_milli": "3", "once": key}  # fmt: skip
        assert mine.post("/mine/deliveries/new", data=sent).status_code == 302
    with open_reading() as session:
        notes = session.scalars(select(AnnouncedDelivery.delivery_note).order_by(AnnouncedDelivery.id)).all()
    assert notes == [f"{code}-26112026", f"{code}-26112026-2"]


def test_the_list_of_messages_shows_the_words_of_the_one_that_is_unread(village: Shop) -> None:
    with unit_of_work() as session:
        producer, _product, _lot = goods_under(session, 48_000, 2_000, n=91)
        write_to_shop(session, producer.id, "Mai tôi giao chè.", by=a_maker_of(producer), at=MORNING)
        tell_producer(session, producer.id, "Chào bà.", by=MANAGER, at=MORNING)
        (thread,) = [each for each in list_threads(session) if each.producer.id == producer.id]
        assert thread.unread_message is not None
        assert thread.unread_message.text == "Mai tôi giao chè."
        producer_id = producer.id
    page = village.client("manager").get("/messages").text
    assert "Mai tôi giao chè." in page
    mine = a_browser(village, producer_id)
    received = mine.get("/mine/messages").text
    assert "Chào bà." in received
    assert "In, Zalo, SMS" not in received
