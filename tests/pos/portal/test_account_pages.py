"""A producer's account, statements, losses, stock and prices, as their pages say them."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from pos.admission.models import Paper
from pos.catalog.models import Product
from pos.demo.build import TOLD_PINS
from pos.identity.people import add_person
from pos.kernel.actor import Actor, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import NotFound, Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.portal.first_page import PayoutState, find_next_payout, read_first_page
from pos.portal.losses import list_own_losses
from pos.portal.own_papers import Light, read_light
from pos.portal.queries import list_own_stock
from pos.pricing.prices import find_price
from pos.pricing.proposals import accept_price, decline_price, list_proposed_prices, propose_price
from pos.producers.models import Cost, Producer
from pos.settlement.deductions import record_deduction
from pos.settlement.disputes import answer_dispute, list_open_disputes
from pos.settlement.models import EntryKind
from pos.settlement.owed import read_account
from tests.builders import an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.settlement.account_steps import bring_back, deliver, goods_under, lose, sell
from tests.pos.settlement.test_statements import freeze

LATER = MORNING + timedelta(days=2)


def codes(caught: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in caught.value.reasons}


def a_maker_of(producer: Producer) -> Actor:
    return Actor(None, "Bà Mẫu", Role.PRODUCER, producer_id=producer.id)


def a_browser(shop: Shop, producer_id: int) -> FlaskClient:
    with unit_of_work() as session:
        add_person(session, "Bà Mẫu", Role.PRODUCER, login="ba-mau", pin=TOLD_PINS["producer"], producer_id=producer_id, by=MANAGER, at=shop.clock.now())  # fmt: skip
    return shop.client("producer", login="ba-mau")


def test_the_first_page_says_what_the_account_says_and_when_it_is_paid(shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        producer, product, _lot = goods_under(session, 50_000, 2_000)
        sell(session, (product, 2 * ONE))
        first = read_first_page(session, producer.id, TODAY)
        assert (first.today_vnd, first.owed_vnd, first.payout.state) == (
            100_000,
            80_000,
            PayoutState.NEXT_STATEMENT,
        )
        freeze(session, producer, TODAY, days=2)
        account = read_account(session, producer.id)
        payout = find_next_payout(session, account, TODAY)
        in_a_week = TODAY + timedelta(days=2 + 7)  # after the day on which it was approved, as the terms say
        assert (payout.state, payout.amount_vnd, payout.by) == (PayoutState.BY_DAY, 80_000, in_a_week)
        record_deduction(session, producer, EntryKind.SHELF_RENT, 80_000, "kệ", by=MANAGER, at=LATER)
        account = read_account(session, producer.id)
        assert (account.closing_vnd, find_next_payout(session, account, TODAY).state) == (
            0,
            PayoutState.NEXT_STATEMENT,
        )


def test_losses_say_the_same_as_the_account_and_then_as_the_statement(shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        producer, product, lot = goods_under(session, 50_000, 2_000, producer_bears=[Cost.SPOILAGE])
        sale = sell(session, (product, 2 * ONE))
        bring_back(session, sale)
        lose(session, lot, 3)
        told = {each.kind: each for each in list_own_losses(session, producer.id)}
        assert (told["written_off"].borne_by, told["written_off"].owed_vnd, told["written_off"].reason) == (
            "producer",
            0,
            "hỏng",
        )
        assert (told["refunded"].owed_vnd, told["refunded"].reason, told["refunded"].waits) == (
            -40_000,
            "vỡ",
            True,
        )
        assert "sold" not in told
        before = sorted((each.kind, each.owed_vnd) for each in told.values())
        statement = freeze(session, producer, TODAY)
        frozen = list_own_losses(session, producer.id)
        assert sorted((each.kind, each.owed_vnd) for each in frozen) == before
        assert {each.statement for each in frozen} == {statement.number}


def test_stock_says_how_long_it_lasts_at_the_pace_and_which_lot_will_be_late(shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        producer, product, lot = goods_under(session, 50_000, 2_000)
        sell(session, (product, 700 * ONE))
        late = deliver(session, product, 300, lot="SOON", good_for=2)
    with open_reading() as session:
        (goods,) = list_own_stock(session, producer.id, TODAY + timedelta(days=1))
        assert (goods.product.id, goods.a_day_milli) == (product.id, 100 * ONE), (
            "a young shop: spread over a week"
        )
        assert (goods.floor_milli, goods.lasts_days, goods.is_running_out) == (600 * ONE, 6, True)
        assert [own.lot.id for own in goods.lots] == [late.id, lot.id]
        assert goods.late == {late.id}, "300 and two days for 200"


def test_a_paper_is_good_on_its_last_day_and_red_on_the_next() -> None:
    def light(**fields: object) -> tuple[Light, int | None]:
        own = read_light(Paper(**fields), TODAY)
        return own.light, own.days_left

    assert light(ends=TODAY - timedelta(days=1)) == (Light.RED, -1)
    assert light(ends=TODAY) == (Light.AMBER, 0)
    assert light(ends=TODAY + timedelta(days=60)) == (Light.AMBER, 60)
    assert light(ends=TODAY + timedelta(days=61)) == (Light.GREEN, 61)
    assert light(ends=None) == (Light.GREEN, None)
    assert light(ends=TODAY + timedelta(days=400), revoked_on=TODAY) == (Light.RED, None)


def test_a_line_of_a_statement_is_disputed_and_answered_on_the_pages(shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        producer, product, _lot = goods_under(session, 50_000, 2_000)
        sell(session, (product, 2 * ONE))
        statement = freeze(session, producer, TODAY, days=2)
    shop.clock.advance(days=2)
    mine = a_browser(shop, producer.id)
    page = mine.get(f"/mine/statements/{statement.number}").text
    assert "80.000" in page
    assert "Khiếu nại" in page
    at = f"/mine/statements/{statement.number}/dispute?line=1"
    assert mine.get(f"/mine/statements/{statement.number}/dispute?line=9").status_code == 404
    empty = mine.post(at, data={"text": "  "})
    assert empty.status_code == 200
    assert 'id="text-no"' in empty.text
    assert mine.post(at, data={"text": "Chỉ bán một hộp."}).status_code == 302
    twice = mine.post(at, data={"text": "lần nữa"})
    assert "lần nữa" in twice.text, "nothing typed is lost"
    with unit_of_work() as session:
        ((dispute, _statement),) = list_open_disputes(session, producer.id)
        answer_dispute(session, dispute, "Để xem lại.", by=MANAGER, at=shop.clock.now())
    assert "1 dòng bạn khiếu nại chưa xong" in mine.get("/mine").text
    thread = f"/mine/disputes/{dispute.number}"
    assert "Để xem lại." in mine.get(thread).text
    mine.post(thread, data={"text": "Cảm ơn."})
    assert "Cảm ơn." in mine.get(thread).text
    assert mine.get(f"/mine/statements/{statement.number}.pdf").data.startswith(b"%PDF")
    assert mine.get(f"/mine/statements/{statement.number}.xlsx").data.startswith(b"PK")


def test_a_proposed_price_is_accepted_or_declined_and_the_producer_reads_it(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000, 2_000)
        stranger = goods_under(session, 50_000, 2_000, n=2)[0]
        by, soon = a_maker_of(producer), TODAY + timedelta(days=3)
        with pytest.raises(NotFound):
            propose_price(session, product, 60_000, soon, "x", by=a_maker_of(stranger), at=MORNING)
        for price_vnd, starts, reason, code in (
            (0, soon, "x", "price_not_positive"),
            (60_000, TODAY - timedelta(days=1), "x", "starts_in_past"),
            (60_000, soon, "  ", "price_reason_missing"),
            (50_000, soon, "x", "price_same"),
        ):
            with pytest.raises(Refused) as no:
                propose_price(session, product, price_vnd, starts, reason, by=by, at=MORNING)
            assert codes(no) == {code}
        first = propose_price(session, product, 60_000, soon, "đường lên", by=by, at=MORNING)
        second = propose_price(session, product, 55_000, soon, "đường lên", by=by, at=MORNING)
        assert first.decided_at is not None, "the newer one took its place"
        with pytest.raises(Refused) as no:
            decline_price(session, second, " ", by=MANAGER, at=MORNING)
        assert codes(no) == {"reason_missing"}
        late = MORNING + timedelta(days=5)
        accept_price(session, second, by=MANAGER, at=late)
        assert find_price(session, product.id, TODAY + timedelta(days=4)) == 50_000, (
            "no price of a day that is past"
        )
        assert find_price(session, product.id, TODAY + timedelta(days=5)) == 55_000
        with pytest.raises(Refused) as no:
            accept_price(session, second, by=MANAGER, at=late)
        assert codes(no) == {"decided_already"}
        third = propose_price(session, product, 90_000, TODAY + timedelta(days=9), "thử", by=by, at=late)
        decline_price(session, third, "Khách sẽ không mua.", by=MANAGER, at=late)
        told = [
            (proposal.price_vnd, bool(proposal.price_id), proposal.declined_because)
            for proposal, _p in list_proposed_prices(session, producer.id)
        ]
        assert told == [(90_000, False, "Khách sẽ không mua."), (55_000, True, ""), (60_000, False, "")]
    with open_reading() as session:
        assert verify_books(session) == []


def test_the_manager_decides_on_a_page_that_today_leads_to(village: Shop) -> None:
    mine, manager = village.client("producer"), village.client("manager")
    with open_reading() as session:
        product = session.scalars(select(Product).where(Product.producer_id == 1, ~Product.archived)).first()
        assert product is not None
    asked = {
        "product_id": str(product.id),
        "price_vnd": "700000",
        "starts": "30/11/2026",
        "reason": "Hũ và đường lên giá",
    }
    refused = mine.post("/mine/prices", data=asked | {"reason": ""})
    assert refused.status_code == 200
    assert "700000" in re.sub(r"[.\s]", "", refused.text), "nothing typed is lost"
    doubted = mine.post("/mine/prices", data=asked)
    assert doubted.status_code == 200
    now, sure = re.findall(r"Giá bây giờ là ([^,]+), giá bạn đề xuất là (.+?)\.\s", doubted.text)[0]
    assert sure.startswith("700.000"), now
    assert (
        mine.post("/mine/prices", data=asked | {"price_vnd": "7000", "sure_vnd": "700000"}).status_code == 200
    ), "sure of one sum is not sure of another"
    assert mine.post("/mine/prices", data=asked | {"sure_vnd": "700000"}).status_code == 302
    assert "điểm bán chưa xem" in mine.get("/mine/prices").text
    (back,) = set(re.findall(r'action="(/mine/prices/\d+/withdraw)"', mine.get("/mine/prices").text))
    assert mine.post(back).status_code == 302
    assert "bạn đã rút lại" in mine.get("/mine/prices").text
    assert "Hũ và đường lên giá" not in manager.get("/prices/proposed").text
    assert mine.post("/mine/prices", data=asked | {"sure_vnd": "700000"}).status_code == 302
    assert "Giá chủ thể đề nghị" in manager.get("/today").text
    page = manager.get("/prices/proposed").text
    assert "Hũ và đường lên giá" in page
    assert "Lệch xa giá cũ" in page
    (at,) = set(re.findall(r'action="(/prices/proposed/\d+/decline)"', page))
    again = manager.post(at, data={"reason": " "})
    assert again.status_code == 422
    assert "Hũ và đường lên giá" in again.text
    assert manager.post(at, data={"reason": "Đắt quá."}).status_code == 302
    assert "Đắt quá." in mine.get("/mine/prices").text
    assert "không được nhận" in mine.get("/mine/messages").text
    assert "đề nghị giá" in manager.get("/journal").text


def test_an_announced_line_says_before_the_trip_why_it_would_go_back(village: Shop) -> None:
    mine = village.client("producer")
    with open_reading() as session:
        product = session.scalars(select(Product).where(Product.producer_id == 1, ~Product.archived)).first()
        assert product is not None
    line = {"lines-0-product_id": str(product.id), "lines-0-quantity_milli": "3", "lines-0-lot_number": "CU-1",
            "lines-0-made_on": "01/10/2026", "lines-0-expires_on": "25/11/2026"}  # fmt: skip
    assert (
        mine.post(
            "/mine/deliveries/new", data={"delivery_note": "PG-CU", "comes_on": "26/11/2026", **line}
        ).status_code
        == 302
    )
    assert "Ngày 26/11/2026 mang đến sẽ bị trả về" in mine.get("/mine/deliveries").text
