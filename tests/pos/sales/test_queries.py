"""A lost receipt is found again."""

from datetime import time, timedelta

from pos.kernel.database import unit_of_work
from pos.kernel.quantity import ONE
from pos.sales.queries import find_sales
from tests.builders import a_sale, a_stocked_shop
from tests.conftest import TODAY, Shop


def test_a_lost_receipt_is_found_by_time_amount_and_product(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_stocked_shop(session)
        item = a_sale(session, product)
        other = a_sale(session, product, ONE)
        nine = time(9, 20)
        assert [sale.number for sale in find_sales(session, TODAY)] == [other.number, item.number]
        assert [sale.number for sale in find_sales(session, TODAY, paid_vnd=90_000)] == [item.number]
        assert len(find_sales(session, TODAY, around=nine)) == 2
        assert find_sales(session, TODAY, around=time(12, 0)) == []
        assert len(find_sales(session, TODAY, words="che lam")) == 2
        assert find_sales(session, TODAY, words="keo") == []
        assert find_sales(session, TODAY - timedelta(days=1)) == []
