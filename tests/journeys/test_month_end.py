"""The end of a month as a new manager does it: drafts, approval, a dispute answered, three paid by transfer, one in cash."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from pos.app import start_feeds
from pos.catalog.models import Product
from pos.demo.bank_views import start_fake_bank, with_fake_bank
from pos.demo.playing_bank import PlayingBank
from pos.demo.village_bank import open_bank_account
from pos.kernel.actor import Actor, Role
from pos.kernel.clock import business_day
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.producers.models import Producer
from pos.sales.basket import add_goods
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.settlement.disputes import open_dispute
from pos.settlement.models import Statement
from pos.settlement.owed import read_account
from pos.settlement.payout_accounts import PayoutVault, TypedPayoutAccount, save_payout_account
from pos.shifts.drawer import open_shift
from tests.conftest import CASHIER, MANAGER, STATION, Served
from tests.pos.settlement.account_steps import SEEN

from .conftest import sign_in
from .test_fake_bank import OTHER, running

pytestmark = pytest.mark.journey
WHO = 4  # producers who sold something


def sell_of_each(served: Served) -> list[int]:
    """Something of four producers is sold today; three of them have a bank account. Their ids."""
    found: list[int] = []
    at = served.clock.now()
    with served.app.app_context(), unit_of_work() as session:
        open_bank_account(session, MANAGER, OTHER, at)
        open_shift(session, STATION, 500_000, by=CASHIER, at=at)
        for product in session.scalars(select(Product).order_by(Product.id)):
            if product.producer_id in found or len(found) == WHO:
                continue
            try:
                basket = add_goods(session, STATION, product.id, 3 * ONE, at=at)
            except Refused:  # of a lot that is stopped, or asked for
                continue
            due = price_basket(session, basket, business_day(at)).due_vnd
            pay_basket(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=at)
            found.append(product.producer_id)
        vault = PayoutVault(served.folder)
        for n, producer_id in enumerate(found[:3]):
            account = TypedPayoutAccount("970405", f"15002051234{n}", f"CHU THE MAU {n}")
            producer = session.get_one(Producer, producer_id)
            save_payout_account(session, vault, producer, account, approval=SEEN, by=MANAGER, at=at)
    return found


@contextmanager
def at_the_bank(served: Served) -> Iterator[None]:
    """The fake bank tells of what is sent, and the poller asks it."""
    with PlayingBank(served.clock) as bank, running(served.clock):
        served.app.extensions["ocop_config"] = with_fake_bank(served.app.extensions["ocop_config"], bank)
        start_fake_bank(served.app, bank)
        feeds = start_feeds(served.app)
        yield
        feeds.stop()


def test_a_months_end(browser: Browser, served: Served) -> None:
    ids = sell_of_each(served)
    served.clock.advance(days=1)
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(10_000)
    with at_the_bank(served):
        sign_in(page, served, "manager")
        _draft_and_approve(page, served)
        _answer_a_dispute(page, served, ids[0])
        _pay_three(page)
        _pay_in_cash(page, ids[3])
    context.close()
    with served.app.app_context(), open_reading() as session:
        assert [read_account(session, producer_id).closing_vnd for producer_id in ids[:3]] == [0, 0, 0]
        kinds = [row.kind for row in read_account(session, ids[0]).rows]
        assert kinds == ["correction", "transfer"], "what the dispute put right was paid with the rest"
        assert 0 <= read_account(session, ids[3]).closing_vnd < 1_000, (
            "cash leaves what no note is small enough for"
        )
        assert verify_books(session) == []


def _draft_and_approve(page: Page, served: Served) -> None:
    page.goto(f"{served.base}/settlement")
    page.fill("#ends", f"{business_day(served.clock.now()) - timedelta(days=1):%d/%m/%Y}")
    page.get_by_role("button", name="Lập bản nháp").click()
    expect(page.get_by_role("button", name="Duyệt những mục đã đánh dấu")).to_be_visible()
    assert page.locator("input[name=producer]").count() >= WHO
    page.get_by_role("button", name="Duyệt những mục đã đánh dấu").click()
    expect(page.get_by_role("status")).to_contain_text("đã báo cho chủ thể")


def _answer_a_dispute(page: Page, served: Served, producer_id: int) -> None:
    """The producer says that a line is wrong; the manager finds it on the first page and puts it right."""
    maker = Actor(None, "Bà Mẫu", Role.PRODUCER, producer_id=producer_id)
    with served.app.app_context(), unit_of_work() as session:
        statement = session.scalars(select(Statement).where(Statement.producer_id == producer_id)).one()
        open_dispute(session, statement, 1, "Giá khác lúc giao.", by=maker, at=served.clock.now())
    page.goto(f"{served.base}/today")
    page.get_by_role("link", name=re.compile("Trả lời")).first.click()
    page.fill("#text", "Đúng, thiếu 5.000 đồng.")
    page.select_option("#sign", "more")
    page.fill("#amount", "5000")
    page.select_option("#login", index=1)
    page.fill("#pin", "135792")
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator("body")).to_contain_text("Khiếu nại này đã kết thúc")


def _pay_three(page: Page) -> None:
    """One code after the other; the bank tells of each, and it is written down by itself."""
    page.goto(page.url.split("/settlement")[0] + "/settlement")
    boxes = page.locator("form[action$='/payouts'] input[name=producer]")
    assert boxes.count() == 3
    for n in range(3):
        boxes.nth(n).check()
    page.get_by_role("button", name="Chuyển khoản lần lượt cho các chủ thể đã chọn").click()
    for _n in range(3):
        page.get_by_role("button", name="Ngân hàng giả: chuyển ngay").click()
        expect(page.locator(".notice.ok")).to_contain_text("Đã ghi sổ", timeout=20_000)
        page.locator(".actions a.primary").click()
    expect(page.get_by_role("heading", name="Quyết toán")).to_be_visible()


def _pay_in_cash(page: Page, producer_id: int) -> None:
    page.goto(page.url.split("/settlement")[0] + f"/settlement/producers/{producer_id}/pay")
    page.select_option("#way", f"drawer:{STATION}")
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator("body")).to_contain_text("Đã trả tiền mặt")
