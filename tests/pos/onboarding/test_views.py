"""From an empty shop to its first sale."""

import re

from hardware.fakes.printer import FakePrinter
from pos.app import start_printing
from pos.identity.people import add_person
from pos.kernel.actor import Role
from pos.kernel.database import open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.sales.basket import find_open_basket
from pos.shop.models import get_shop
from pos.shop.taxes import list_tax_registrations
from tests.conftest import MANAGER, MORNING, STATION, Shop, app_over

DESCRIPTION = {
    "name": "Điểm OCOP thật", "address": "Đường Lâm (ví dụ)", "hotline": "", "returns_rule": "", "code": "dt",
    "status": "household_exempt", "starts": "01/01/2026", "turnover_vnd": "120.000.000",
}  # fmt: skip


def test_from_an_empty_shop_to_its_first_sale_by_the_wizard(shop: Shop) -> None:
    """The six steps, ending in a test receipt on a (fake) printer's paper and a first sale."""
    with unit_of_work() as session:
        boss, pin = add_person(session, "Chủ", Role.MANAGER, by=MANAGER, at=MORNING)
    paper = FakePrinter().start()
    app = app_over(shop.folder, shop.clock, paper.address)
    worker = start_printing(app)
    client = app.test_client()
    client.post("/sign-in", data={"login": boss.login, "pin": pin, "station": STATION})
    assert "sáu bước" in client.get("/today").text

    def done() -> list[bool]:
        steps = re.findall(r'<span class="chip ([a-z]*)"><svg.*?</svg>Bước', client.get("/setup").text)
        return [step == "ok" for step in steps]

    assert done() == [False] * 6
    client.post("/setup/shop", data=DESCRIPTION)
    told = client.post("/setup/cashier", data={"name": "Chị Hai"}, follow_redirects=True).text
    login, cashier_pin = re.search(r"<strong>([a-z0-9-]+)</strong>.*?(\d{6})", told, re.DOTALL).groups()  # type: ignore[union-attr]
    assert done() == [True, True, False, False, False, False]
    with app.app_context(), unit_of_work() as session:
        from tests.builders import a_delivery, a_maker, a_product

        maker = a_maker(session)
        product = a_product(session, maker)
        a_delivery(session, maker, product)
        product_id = product.id
    assert done() == [True] * 5 + [False]
    client.post("/setup/print-test")
    assert paper.wait_for_sheets(1)  # it is on paper
    till = app.test_client()
    till.post("/sign-in", data={"login": login, "pin": cashier_pin, "station": STATION})
    till.post("/till/shift/open", data={"float": "100000"})
    till.post(f"/till/add/{product_id}")
    with app.app_context(), open_reading() as session:
        basket = find_open_basket(session, STATION)
        assert basket is not None
    till.post("/till/pay", data={"basket_id": basket.id, "version": basket.version, "given": "45000"})
    assert done() == [True] * 6
    client.post("/setup/finish")
    assert "sáu bước" not in client.get("/today").text
    worker.stop()
    paper.stop()
    with app.app_context(), open_reading() as session:
        assert get_shop(session).is_set_up
        assert verify_books(session) == []


def test_what_is_wrong_with_the_shops_form_is_said_at_its_box_and_nothing_typed_is_lost(
    village: Shop,
) -> None:
    boss = village.client("manager")
    odd = DESCRIPTION | {"code": "M!", "name": "Tên mới gõ dở", "turnover_vnd": "nhiều"}
    page = boss.post("/setup/shop", data=odd).text
    assert "Tên mới gõ dở" in page
    assert re.search(r'id="turnover_vnd"[^>]*value="nhiều"[^>]*>|value="nhiều"', page)
    assert 'id="turnover_vnd-no"' in page
    page = boss.post("/setup/shop", data=odd | {"turnover_vnd": "1"}).text
    assert 'id="code-no"' in page
    with open_reading() as session:
        assert get_shop(session).name != "Tên mới gõ dở"


def test_the_code_is_fixed_once_receipts_bear_it_and_a_status_is_told_once(village: Shop) -> None:
    boss = village.client("manager")
    page = boss.post("/setup/shop", data=DESCRIPTION).text
    assert 'id="code-no"' in page
    with open_reading() as session:
        before = len(list_tax_registrations(session))
    same = DESCRIPTION | {"code": "MP", "starts": "24/11/2026", "status": "household"}
    for _ in range(2):
        assert boss.post("/setup/shop", data=same).status_code == 302
    past = boss.post("/setup/shop", data=same | {"starts": "01/11/2026"}).text
    assert 'id="starts-no"' in past
    with open_reading() as session:
        assert len(list_tax_registrations(session)) == before + 1
        assert verify_books(session) == []


def test_a_pin_stays_on_the_page_until_it_is_written_down(village: Shop) -> None:
    boss, other = village.client("manager"), village.client("manager")
    for name in ("Cô Tư", "Chú Năm"):
        boss.post("/setup/cashier", data={"name": name})
    for _ in range(2):
        for address in ("/setup", "/people"):
            assert len(re.findall(r'<strong class="figure">\d{6}</strong>', boss.get(address).text)) == 2
    pin = re.search(r"co-tu</strong>.*?(\d{6})", boss.get("/people").text, re.DOTALL).group(1)  # type: ignore[union-attr]
    assert pin in boss.get("/people/pin-slip/co-tu").text
    assert other.get("/people/pin-slip/co-tu").status_code == 404
    assert (
        boss.post("/people/pin-written-down", data={"login": "co-tu", "next": "/setup"}).location == "/setup"
    )
    assert boss.get("/people/pin-slip/co-tu").status_code == 404
    assert pin not in boss.get("/people").text
    assert "chu-nam" in re.sub(r"<table.*", "", boss.get("/people").text, flags=re.DOTALL)


def test_the_way_back_to_the_steps_is_shown_until_they_are_finished(shop: Shop) -> None:
    with unit_of_work() as session:
        boss, pin = add_person(session, "Chủ", Role.MANAGER, by=MANAGER, at=MORNING)
    client = shop.app.test_client()
    client.post("/sign-in", data={"login": boss.login, "pin": pin, "station": STATION})
    assert 'class="way-back"' in client.get("/papers").text
    client.post("/setup/finish")
    assert 'class="way-back"' not in client.get("/papers").text
