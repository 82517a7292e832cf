"""A change of prices that is to come is taken back."""

from datetime import timedelta

from pos.kernel.database import unit_of_work
from pos.pricing.bulk import set_prices, undo_change
from pos.pricing.prices import find_price, set_price
from tests.builders import a_maker, a_product
from tests.conftest import MANAGER, MORNING, TODAY, Shop


def test_a_change_that_is_to_come_is_taken_back_though_another_price_was_set_for_today(shop: Shop) -> None:
    later = TODAY + timedelta(days=7)
    with unit_of_work() as session:
        product = a_product(session, a_maker(session))
        change = set_prices(session, [(product.id, 99_000)], starts=later, note="", by=MANAGER, at=MORNING)
        set_price(session, product, 77_000, starts=TODAY, by=MANAGER, at=MORNING)
        undo_change(session, change, by=MANAGER, at=MORNING)
        assert [find_price(session, product.id, day) for day in (TODAY, later)] == [77_000, 77_000]
