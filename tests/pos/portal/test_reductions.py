"""Why a buyer paid less than the price is said as it was: a discount by its kind and rate, rounding where the sum was rounded."""

from pos.kernel.database import unit_of_work
from pos.kernel.quantity import ONE
from pos.portal.own_sales import list_own_parts
from pos.portal.reductions import Reduction, list_reductions
from pos.sales.basket import add_goods
from pos.sales.models import DiscountKind
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.set_discount import set_discount
from tests.builders import an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop
from tests.pos.settlement.account_steps import goods_under

from .test_account_pages import a_browser


def test_a_discount_is_no_rounding_and_rounding_no_discount(shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        producer, product, _lot = goods_under(session, 48_150, 2_000)
        producer_id = producer.id
        basket = add_goods(session, STATION, product.id, 3 * ONE, at=MORNING)
        set_discount(session, basket, DiscountKind.BASKET, rate_bp=500, reason="khách quen", by=MANAGER, at=MORNING)  # fmt: skip
        due = price_basket(session, basket, TODAY).due_vnd
        sale = pay_basket(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=MORNING)
        (line,) = list_own_parts(session, producer_id, sale.number, 1)
        (discount, rounded) = list_reductions(session, [line])[sale.number, line.n, line.lot_id]
        assert discount == Reduction("basket", 7_223, 500)
        assert rounded == Reduction("rounded", 144_450 - 7_223 - line.paid_vnd)
        number = sale.number
    mine = a_browser(shop, producer_id)
    for path in ("/mine", "/mine/sales", f"/mine/sales/{number}/1"):
        page = mine.get(path).text
        assert "giảm giá cả phiếu 5 %" in page, path
        assert "làm tròn tiền lẻ" in page, path
