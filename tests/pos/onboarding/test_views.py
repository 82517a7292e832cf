"""From an empty shop to its first sale."""

import re
import time

from hardware.fakes.printer import FakePrinter
from pos.app import start_printing
from pos.kernel.database import open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.sales.basket import find_open_basket
from pos.shop.models import get_shop
from tests.conftest import STATION, Shop, app_over


def test_from_an_empty_shop_to_its_first_sale_by_the_wizard(shop: Shop) -> None:
    """The five steps, ending in a test receipt on a (fake) printer's paper and a first sale."""
    with unit_of_work() as session:
        from pos.identity.people import add_person
        from pos.kernel.actor import Role
        from tests.conftest import MANAGER, MORNING

        boss, pin = add_person(session, "Chủ", Role.MANAGER, by=MANAGER, at=MORNING)
    paper = FakePrinter().start()
    app = app_over(shop.folder, shop.clock, paper.address)
    worker = start_printing(app)
    client = app.test_client()
    client.post("/sign-in", data={"login": boss.login, "pin": pin, "station": STATION})
    assert "năm bước" in client.get("/today").text

    def done() -> list[bool]:
        steps = re.findall(r'<span class="chip ([a-z]*)"><svg.*?</svg>Bước', client.get("/setup").text)
        return [step == "ok" for step in steps]

    assert done() == [False] * 5
    client.post(
        "/setup/shop",
        data={"name": "Điểm OCOP thật", "address": "Đường Lâm (ví dụ)", "hotline": "", "returns_rule": ""},
    )
    told = client.post("/setup/cashier", data={"name": "Chị Hai"}, follow_redirects=True).text
    login, cashier_pin = re.search(r"<strong>([a-z0-9-]+)</strong>.*?(\d{6})", told, re.DOTALL).groups()  # type: ignore[union-attr]
    assert done() == [True, True, False, False, False]
    with app.app_context(), unit_of_work() as session:
        from tests.builders import a_delivery, a_maker, a_product

        maker = a_maker(session)
        product = a_product(session, maker)
        a_delivery(session, maker, product)
        product_id = product.id
    client.post("/setup/print-test")
    for _ in range(100):
        if done()[3]:
            break
        time.sleep(0.05)
    assert done() == [True, True, True, True, False]
    assert paper.wait_for_sheets(1)  # it is on paper
    till = app.test_client()
    till.post("/sign-in", data={"login": login, "pin": cashier_pin, "station": STATION})
    till.post("/till/shift/open", data={"float": "100000"})
    till.post(f"/till/add/{product_id}")
    with app.app_context(), open_reading() as session:
        basket = find_open_basket(session, STATION)
        assert basket is not None
    till.post("/till/pay", data={"basket_id": basket.id, "version": basket.version, "given": "45000"})
    assert done() == [True] * 5
    client.post("/setup/finish")
    assert "năm bước" not in client.get("/today").text
    worker.stop()
    paper.stop()
    with app.app_context(), open_reading() as session:
        assert get_shop(session).is_set_up
        assert verify_books(session) == []
