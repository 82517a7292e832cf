"""Prices and what the shelf shows: a scale label's price as a weight, prices of shelves noted together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.kernel.database import unit_of_work
from pos.kernel.quantity import ONE, Unit
from pos.pricing.prices import (
    find_shelf_price,
    find_weight_milli,
    is_far_off,
    list_shelf_prices,
    note_shelf_prices,
)
from tests.builders import a_maker, a_product
from tests.conftest import MANAGER, MORNING, TODAY, Shop


def test_a_scale_labels_price_is_never_more_than_its_weight_costs(shop: Shop) -> None:
    with unit_of_work() as session:
        price_vnd = 130_000
        product = a_product(session, a_maker(session), unit=Unit.KG, price_vnd=price_vnd)

        @given(st.integers(1, 10_000_000))
        def costs_no_more(label_vnd: int) -> None:
            weight = find_weight_milli(session, product.id, label_vnd, TODAY) or 0
            assert weight * price_vnd <= label_vnd * ONE < (weight + 1) * price_vnd

        costs_no_more()
        assert find_weight_milli(session, product.id, 65_000, TODAY) == 500
        assert find_weight_milli(session, product.id, None, TODAY) is None
        assert find_weight_milli(session, product.id, 100, TODAY) is None  # not a gram's price


def test_a_scale_labels_price_is_no_weight_where_the_shelf_shows_another_price(shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_product(session, a_maker(session), unit=Unit.KG, price_vnd=130_000)
        note_shelf_prices(session, {product.id: 120_000}, by=MANAGER, at=MORNING)
        assert find_weight_milli(session, product.id, 65_000, TODAY) is None
        note_shelf_prices(session, {product.id: 140_000}, by=MANAGER, at=MORNING)
        assert find_weight_milli(session, product.id, 65_000, TODAY) is None, (
            "a pack labelled before the price fell: its 65.000 buy less than half a kilogram"
        )
        note_shelf_prices(session, {product.id: 130_000}, by=MANAGER, at=MORNING)
        assert find_weight_milli(session, product.id, 65_000, TODAY) == 500


def test_shelves_are_noted_together_and_one_without_a_tag_shows_none(shop: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        ids = [a_product(session, maker, n).id for n in (1, 2)]
        note_shelf_prices(session, dict.fromkeys(ids, 44_000), by=MANAGER, at=MORNING)
        assert list_shelf_prices(session, ids) == dict.fromkeys(ids, 44_000)
        note_shelf_prices(session, {ids[0]: 0, ids[1]: 43_000}, by=MANAGER, at=MORNING)
        assert list_shelf_prices(session, ids) == {ids[1]: 43_000}
        assert find_shelf_price(session, ids[0]) is None


@pytest.mark.parametrize(("price_vnd", "before_vnd", "asked"), [
    (3_600, 36_000, True), (360_000, 36_000, True), (7_200, 36_000, True), (180_000, 36_000, True),
    (7_201, 36_000, False), (179_999, 36_000, False), (36_000, None, False), (36_000, 0, False),
])  # fmt: skip
def test_a_price_is_asked_about_from_a_fifth_down_and_from_five_times_up(
    price_vnd: int, before_vnd: int | None, asked: bool
) -> None:
    assert is_far_off(price_vnd, before_vnd) is asked
