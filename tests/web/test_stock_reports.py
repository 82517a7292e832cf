"""The stock as it was, what runs out, what brings most and lies longest, what will be left over."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from flask_babel import force_locale
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pos.catalog.models import Product
from pos.kernel.clock import SHOP_ZONE
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.reports.markdown import list_suggestions
from pos.reports.ranking import TakingsClass
from pos.reports.rates import daily_sales_milli
from pos.reports.stock import list_ages, list_low_stock, list_ranking, list_stock_at, sum_by_age
from pos.reports.today import list_today_tasks
from pos.sales.basket import add_goods
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.stock.lots import place_hold
from pos.stock.models import StockMove
from pos.web.context import format_days_left, format_with_unit
from tests.builders import a_delivery, a_maker, a_product, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop

TOMORROW = TODAY + timedelta(days=1)


def sell(session: Session, product: Product, pieces: int, at: datetime = MORNING) -> None:
    basket = add_goods(session, STATION, product.id, pieces * ONE, at=at)
    due = price_basket(session, basket, TODAY).due_vnd
    pay_basket(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=at)


def test_the_stock_of_any_moment_is_the_sum_of_its_moves(village: Shop) -> None:
    """Against a sum in SQL, at the moment of every hundredth move."""
    with open_reading() as session:
        moments = session.scalars(select(StockMove.at).order_by(StockMove.id)).all()[::100]
        for moment in moments:
            found = {
                (lot.id, place.id): milli for lot, _product, place, milli in list_stock_at(session, moment)
            }
            told = session.execute(
                text("SELECT lot_id, place_id, sum(quantity_milli) FROM stock_move WHERE at <= :at GROUP BY 1, 2 HAVING sum(quantity_milli) <> 0"),
                {"at": moment.strftime("%Y-%m-%d %H:%M:%S.%f")},
            )  # fmt: skip
            assert found == {(lot, place): milli for lot, place, milli in told}


def test_the_page_of_the_past(village: Shop) -> None:
    viewer = village.client("viewer")
    shown = viewer.get(
        "/stock/past",
        query_string={"day": f"{TODAY - timedelta(days=1):%d/%m/%Y}", "hour": "12:00", "q": "che lam"},
    ).text
    assert "Chè lam gừng" in shown
    assert "Tương nếp" not in shown
    assert "Lúc đó không có hàng" in viewer.get("/stock/past?day=01/01/2020").text
    assert viewer.get("/stock/past").status_code == 200
    book = load_workbook(BytesIO(viewer.get(f"/stock/past?day={TODAY:%d/%m/%Y}&as=xlsx").data))
    with open_reading() as session:
        then = datetime.combine(TODAY, datetime.max.time(), SHOP_ZONE)
        assert book.worksheets[0].max_row == 1 + len(list_stock_at(session, then))
    for odd in ({"day": "hôm qua"}, {"day": "24/11/2026", "hour": "25:99"}):
        assert viewer.get("/stock/past", query_string=odd).status_code == 422


def test_what_runs_out_is_ordered_for_three_weeks(any_shop: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        fast, slow, stopped = (
            a_product(session, maker, n, name=name) for n, name in enumerate(("Nhanh", "Chậm", "Dừng"), 1)
        )
        for product, pieces in ((fast, 60), (slow, 60), (stopped, 60)):
            a_delivery(session, maker, product, pieces * ONE, lot=f"L{product.id}")
        an_open_shift(session)
        for product, pieces in ((fast, 56), (slow, 2), (stopped, 56)):
            sell(session, product, pieces)
        place_hold(session, product_id=stopped.id, reason="dị vật", by=MANAGER, at=MORNING)
        assert daily_sales_milli(session, TODAY + timedelta(days=14))[fast.id] == 4 * ONE
        assert daily_sales_milli(session, TODAY + timedelta(days=28))[fast.id] == 2 * ONE
        assert daily_sales_milli(session, TOMORROW)[fast.id] == 8 * ONE, (
            "a young shop's first day is a week's"
        )
        (low,) = list_low_stock(session, TOMORROW).values()
        assert [(item.product.name_vi, item.on_hand_milli // ONE, item.days_left, item.ordered_milli // ONE) for item in low] == [
            ("Dừng", 4, 0, 164), ("Nhanh", 4, 0, 164),
        ]  # fmt: skip
        assert [bool(item.refusals) for item in low] == [True, False]
        assert list_low_stock(session, TODAY) == {}, "today's own sales are no pace yet"


def test_what_ends_today_is_no_stock_that_lasts(shop: Shop) -> None:
    """A product with a big lot that ends today runs out; Today names it, and leads to the page in one click, units and all."""
    with unit_of_work() as session:
        maker = a_maker(session)
        product, weighed = a_product(session, maker, 1, name="Sữa chua"), a_product(session, maker, 2, name="Măng", unit="kg")  # fmt: skip
        for each in (product, weighed):
            a_delivery(session, maker, each, 60 * ONE, lot=f"A{each.id}", ends=TOMORROW)
            a_delivery(session, maker, each, 5 * ONE, lot=f"B{each.id}", ends=TODAY + timedelta(days=30))
        an_open_shift(session)
        sell(session, product, 14)
        sell(session, weighed, 14)
        (low,) = list_low_stock(session, TOMORROW).values()
        assert [(item.product.name_vi, item.on_hand_milli) for item in low] == [("Măng", 5 * ONE), ("Sữa chua", 5 * ONE)]  # fmt: skip
        assert list_low_stock(session, TODAY) == {}
        (task,) = [task for task in list_today_tasks(session, TOMORROW, MORNING) if task.kind == "low_stock"]
        assert (task.count, task.page) == (2, ("reports.reorder", {}))
    with shop.app.test_request_context(), force_locale("vi"):
        assert format_with_unit(32 * ONE, "piece") == "32 cái"
        assert format_with_unit(ONE // 2, "kg") == "0,5 kg"


def test_the_last_day_of_goods_has_one_name_and_is_never_nought_days(village: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session, "Hộ ngày cuối")
        product = a_product(session, maker, 970, name="Sữa chua cuối")
        a_delivery(session, maker, product, 5 * ONE, lot="CUOI-1", ends=TODAY)
    boss = village.client("manager")
    for page in ("/ends", "/stock?q=sữa chua cuối"):
        text_of_page = boss.get(page).text
        assert "còn 0 ngày" not in text_of_page
        assert "ngày cuối" in text_of_page, page
    with village.app.test_request_context(), force_locale("vi"):
        assert [format_days_left(days) for days in (-1, 0, 3)] == ["đã hết hạn", "ngày cuối", "còn 3 ngày"]


def test_abc_age_and_what_will_be_left_over(any_shop: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        most, several, none = (
            a_product(session, maker, n, name=name) for n, name in enumerate(("Nhiều", "Ít", "Không"), 1)
        )
        for product, ends in ((most, 10), (several, 10), (none, 50)):
            a_delivery(
                session, maker, product, 30 * ONE, lot=f"L{product.id}", ends=TODAY + timedelta(days=ends)
            )
        a_delivery(session, maker, most, 10 * ONE, lot="SAU", ends=TODAY + timedelta(days=20))
        an_open_shift(session)
        sell(session, most, 28)
        sell(session, several, 2)
        assert [(r.product.name_vi, r.ranked, r.share_bp) for r in list_ranking(session, TODAY)] == [
            ("Nhiều", TakingsClass.A, 9333), ("Ít", TakingsClass.B, 666),
        ]  # fmt: skip
        aged = list_ages(session, TODAY + timedelta(days=45))
        assert {item.days for item in aged} == {45}
        assert sum_by_age(aged) == [
            (30, 0, 0),
            (60, 4, 45_000 * (2 + 28 + 30 + 10)),
            (90, 0, 0),
            (None, 0, 0),
        ]
        left = {item.lot.number: item for item in list_suggestions(session, TOMORROW)}
        # the first lot's two are gone in a day, so are the later lot's ten; of the other a piece in three and a half days
        assert set(left) == {f"L{several.id}"}
        assert left[f"L{several.id}"].left_over_milli // ONE == 25
        assert (left[f"L{several.id}"].less_percent, left[f"L{several.id}"].suggested_vnd) == (30, 31_000)


def test_the_pages_say_it_to_the_manager_alone(village: Shop) -> None:
    village.clock.advance(days=1)
    boss = village.client("manager")
    for address, words in (
        ("/reorder", "Tin nhắn, gửi được ngay"),
        ("/ranking", "Chè lam gừng"),
        ("/left-over", "Hàng sẽ còn thừa"),
    ):
        assert words in boss.get(address).text, address
        assert village.client("cashier").get(address).status_code == 403
    book = load_workbook(BytesIO(boss.get("/ranking?as=xlsx").data))
    assert book.sheetnames[0] == "ABC"


@pytest.mark.parametrize("page", ["/reorder", "/ranking", "/left-over", "/stock/past"])
def test_an_empty_shop_has_nothing_to_say(shop: Shop, page: str) -> None:
    with open_reading() as session:
        assert (
            list_low_stock(session, TODAY),
            list_ranking(session, TODAY),
            list_ages(session, TODAY),
            list_suggestions(session, TODAY),
        ) == ({}, [], [], [])
    assert shop.app.test_client().get(page).status_code == 302
