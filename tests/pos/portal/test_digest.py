"""A producer's summary: what was sold since the last one, once a day or on Monday morning, however often the server starts."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from pos.catalog.models import Product
from pos.identity.people import add_person
from pos.kernel.actor import Role
from pos.kernel.clock import day_start
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.messages.mail_choice import choose_mail
from pos.messages.models import DigestPace, Mail
from pos.messages.write import tell_producer
from pos.portal.digest import list_sold_goods, queue_due_digests, read_digest
from pos.portal.terms import render_digest_short
from tests.builders import a_maker, a_product, a_sale, a_stocked_shop
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.messages.post_office import an_open_post_office
from tests.pos.messages.test_mail import a_worker, settings_for
from tests.pos.settlement.account_steps import bring_back

DAY = timedelta(days=1)
MONDAY = TODAY + 6 * DAY  # TODAY is a Tuesday


@dataclass
class Reader:
    product: Product
    person_id: int

    @property
    def producer_id(self) -> int:
        return self.product.producer_id


def a_reader(pace: DigestPace, language: str = "vi", *, pieces: int = 100) -> Reader:
    """Somebody who wants summaries, of a producer with a lot on the shelf."""
    with unit_of_work() as session:
        product = a_stocked_shop(session, pieces * ONE)
        person, _pin = add_person(
            session, "Lan", Role.PRODUCER, by=MANAGER, at=MORNING, producer_id=product.producer_id
        )
        choose_mail(
            session, "lan@example.org", pace, language, each_message=False, by=person.actor(), at=MORNING
        )
        return Reader(product, person.id)


def sell(shop: Shop, product: Product, pieces: int = 2) -> None:
    with unit_of_work() as session:
        a_sale(session, product, pieces * ONE, at=shop.clock.now())


def mails() -> list[Mail]:
    with open_reading() as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))


def queue(shop: Shop) -> int:
    return queue_due_digests(shop.clock.now(), address="https://shop.example/mine")


def set_time(shop: Shop, day: date, hour: int) -> None:
    shop.clock.at = day_start(day) + timedelta(hours=hour)


def test_each_morning_tells_the_day_before_once(any_shop: Shop) -> None:
    reader = a_reader(DigestPace.DAILY)
    sell(any_shop, reader.product)
    assert queue(any_shop) == 0, "today is not over"
    set_time(any_shop, TODAY + DAY, 6)
    assert queue(any_shop) == 0, "not in the night"
    set_time(any_shop, TODAY + DAY, 7)
    assert [queue(any_shop), queue(any_shop)] == [1, 0]
    (mail,) = mails()
    assert mail.subject == "Bán được ở Điểm OCOP thử: 24/11/2026"
    assert "Bán được 24/11/2026: 90.000 ₫." in mail.body
    assert mail.body.rstrip().endswith("https://shop.example/mine")


def test_a_week_is_told_on_monday_and_later_where_the_computer_was_off(shop: Shop) -> None:
    reader = a_reader(DigestPace.WEEKLY, "en")
    sell(shop, reader.product)
    for day in range(1, 6):
        set_time(shop, TODAY + day * DAY, 12)
        assert queue(shop) == 0
    set_time(shop, MONDAY + DAY, 9)
    assert queue(shop) == 1
    assert mails()[0].subject == "Sold at Điểm OCOP thử: 23/11/2026 – 29/11/2026"


def test_days_when_the_computer_was_off_are_told_together_and_none_twice(shop: Shop) -> None:
    reader = a_reader(DigestPace.DAILY)
    for day in range(3):
        set_time(shop, TODAY + day * DAY, 10)
        sell(shop, reader.product)
    set_time(shop, TODAY + 3 * DAY, 8)
    assert queue(shop) == 1
    assert "24/11/2026 – 26/11/2026: 270.000 ₫" in mails()[0].body


def test_a_summary_without_anything_to_say_is_not_sent(shop: Shop) -> None:
    a_reader(DigestPace.DAILY)
    set_time(shop, TODAY + DAY, 8)
    assert queue(shop) == 0
    assert mails() == []
    set_time(shop, TODAY + 2 * DAY, 8)
    assert queue(shop) == 0


def test_it_is_sent_once_though_the_process_begins_anew(shop: Shop) -> None:
    reader = a_reader(DigestPace.DAILY)
    sell(shop, reader.product)
    set_time(shop, TODAY + DAY, 8)
    with an_open_post_office() as office:
        for _nth in range(3):
            a_worker(shop, settings_for(office)).step()
        assert [letter["Subject"] for letter in office.letters] == ["Bán được ở Điểm OCOP thử: 24/11/2026"]


@pytest.mark.parametrize("pieces", [3, 100])
def test_it_says_what_runs_out_what_ends_soon_and_what_waits(shop: Shop, pieces: int) -> None:
    reader = a_reader(DigestPace.DAILY, pieces=pieces)
    sell(shop, reader.product)
    with unit_of_work() as session:
        tell_producer(session, reader.producer_id, "Mang thêm nhé", by=MANAGER, at=MORNING)
    with open_reading() as session:
        digest = read_digest(
            session, reader.producer_id, reader.person_id, TODAY, TODAY, TODAY + timedelta(days=50)
        )
        at_once = read_digest(session, reader.producer_id, reader.person_id, TODAY, TODAY, TODAY)
    assert digest.unread == 1
    assert [lot.number for _name, lot in digest.ending_lots] == ["L1"]
    assert at_once.ending_lots == []
    assert [milli for _name, _unit, milli in at_once.running_out] == []
    with unit_of_work() as session:
        a_sale(session, reader.product, 1 * ONE, at=shop.clock.now())
    with open_reading() as session:
        digest = read_digest(session, reader.producer_id, reader.person_id, TODAY, TODAY, TODAY)
    assert [milli for _name, _unit, milli in digest.running_out] == ([0] if pieces == 3 else [])
    with shop.app.test_request_context():
        assert len(render_digest_short(digest, "Điểm OCOP", "https://shop.example/mine")) <= 300


def test_what_came_back_is_taken_off_and_others_goods_are_not_told(shop: Shop) -> None:
    reader = a_reader(DigestPace.DAILY)
    with unit_of_work() as session:
        sale = a_sale(session, reader.product, 2 * ONE, at=shop.clock.now())
        bring_back(session, sale, ONE)
        other = a_maker(session, "Hộ khác")
        a_product(session, other, 2)
    with open_reading() as session:
        (goods,) = list_sold_goods(session, reader.producer_id, TODAY, TODAY)
        assert (goods.quantity_milli, goods.paid_vnd) == (ONE, 45_000)
        assert list_sold_goods(session, other.id, TODAY, TODAY) == []


def test_the_pages_of_it_are_the_producers_own(village: Shop) -> None:
    mine = village.client("producer")
    for address in ("/mine/summary", "/mine/summary?of=week", "/mine/e-mails"):
        assert mine.get(address).status_code == 200
    saved = mine.post(
        "/mine/e-mails", data={"address": "lan@example.org", "digest": "weekly", "language": "vi"}
    )
    assert saved.location == "/mine/messages"
    wrong = mine.post("/mine/e-mails", data={"address": "lan@", "digest": "weekly", "language": "vi"})
    assert 'id="address-no"' in wrong.text
    assert 'value="lan@"' in wrong.text
