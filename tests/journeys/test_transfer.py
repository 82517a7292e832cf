"""Paid by bank transfer, as a cashier sees it: the code at once, the money that comes, the next buyer meanwhile."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from pos.banking.take_in import take_in_signals
from pos.kernel.actor import SYSTEM, Actor, Approval, Role
from pos.kernel.database import unit_of_work
from pos.payments.accounts import TypedAccount, save_account
from pos.payments.models import PaymentCode
from pos.payments.signals import Direction, TransferSignal
from pos.till.action import print_paid
from tests.conftest import MANAGER, Served

from .conftest import scan

pytestmark = pytest.mark.journey
NUMBER = "19001234567890"
OTHER = Actor(1, "Người thứ hai", Role.MANAGER)
_keys = iter(range(1, 10**6))


@pytest.fixture
def paying_till(till: Page, served: Served) -> Iterator[Page]:
    """The till of a shop with a bank account."""
    now = served.clock.now()
    with served.app.app_context(), unit_of_work() as session:
        account = TypedAccount("970422", NUMBER, "HO KINH DOANH MAU")
        save_account(session, None, account, by=MANAGER, at=now, approval=Approval(OTHER, "", now))
    till.reload()
    return till


def money_comes(served: Served, amount_vnd: int | None = None, code_n: int = -1) -> None:
    """The bank tells of a transfer with the newest code (or an earlier one), for what it asks for by default."""
    now = served.clock.now()
    with served.app.app_context():
        with unit_of_work() as session:
            code = session.query(PaymentCode).order_by(PaymentCode.id).all()[code_n]
            purpose, asked_vnd, account_id = code.purpose, code.amount_vnd, code.account_id
        n = next(_keys)
        signal = TransferSignal("sepay", f"j{n}", NUMBER, Direction.IN, amount_vnd or asked_vnd, now, reference=f"FT{n}",
                                text=f"MBVCB.1.2.{purpose}.CT tu 1 toi 2")  # fmt: skip
        take_in_signals(account_id, [signal], print_paid, by=SYSTEM, at=now)


def put_goods_on(page: Page, served: Served, count: int = 1) -> None:
    for n, code in enumerate(list(served.village.codes.values())[15 : 15 + count], 1):
        scan(page, code)
        expect(page.locator(".line")).to_have_count(n)


def test_the_code_is_shown_and_the_sale_completes_by_itself(paying_till: Page, served: Served) -> None:
    put_goods_on(paying_till, served, 3)
    paying_till.keyboard.press("F9")
    expect(paying_till.locator(".transfer-code .qr svg")).to_be_visible()
    paying_till.screenshot(path=".artifacts/transfer-code.png")
    money_comes(served)
    expect(paying_till.locator("#till")).to_have_attribute("data-panel", "done")
    paying_till.screenshot(path=".artifacts/transfer-done.png")
    assert served.printer is not None
    served.printer.wait_for_sheets(1)


def test_short_then_the_rest(paying_till: Page, served: Served) -> None:
    put_goods_on(paying_till, served)
    paying_till.keyboard.press("F9")
    expect(paying_till.locator(".transfer-code .qr")).to_be_visible()
    money_comes(served, 10_000)
    expect(paying_till.locator(".transfer-code .notice.look")).to_contain_text("10.000")
    paying_till.screenshot(path=".artifacts/transfer-short.png")
    paying_till.locator(".transfer-code button.primary").click()
    expect(paying_till.locator(".transfer-code .qr")).to_be_visible()
    money_comes(served)
    expect(paying_till.locator("#till")).to_have_attribute("data-panel", "done")


def test_the_next_buyer_is_served_while_it_waits(paying_till: Page, served: Served) -> None:
    put_goods_on(paying_till, served)
    paying_till.keyboard.press("F9")
    expect(paying_till.locator(".transfer-code .qr")).to_be_visible()
    paying_till.keyboard.press("Escape")
    expect(paying_till.locator("#transfers .chip")).to_have_count(1)
    put_goods_on(paying_till, served)
    paying_till.screenshot(path=".artifacts/transfer-waits.png")
    money_comes(served)
    expect(paying_till.locator("#transfers .chip.ok")).to_have_text(re.compile(r"Đã nhận .* phiếu"))
    expect(paying_till.locator(".line")).to_have_count(1)
    paying_till.screenshot(path=".artifacts/transfer-came.png")
