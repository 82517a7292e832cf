"""What lies in a basket: ages are asked, shown prices are kept."""

import pytest
from sqlalchemy import select

from pos.catalog.models import GoodsKind
from pos.journal.models import JournalRow
from pos.kernel.database import unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.pricing.prices import set_price
from pos.sales.basket import add_goods, confirm_age, find_open_basket, set_quantity
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.questions import WhatAge
from tests.builders import a_stocked_shop
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop


def test_alcohol_waits_for_the_buyers_age_and_the_journal_keeps_it(shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_stocked_shop(session)
        product.kind = GoodsKind.ALCOHOL.value
        product.label_entries += " warnings"
        product.alcohol_permille = 40  # under 5.5°: no licence is asked, the age is
        with pytest.raises(WhatAge):
            add_goods(session, STATION, product.id, ONE, at=MORNING)
        assert find_open_basket(session, STATION) is None
        basket = confirm_age(session, STATION, by=CASHIER, at=MORNING)
        add_goods(session, STATION, product.id, ONE, at=MORNING)
        basket.age_confirmed = False  # as if slipped in by another way
        assert {reason.code for reason in price_basket(session, basket, TODAY).refusals} == {"age_unknown"}
        with pytest.raises(Refused, match="age_unknown"):
            pay_basket(session, basket.id, basket.version, 45_000, station=STATION, by=CASHIER, at=MORNING)
        assert session.scalars(select(JournalRow.kind).where(JournalRow.kind == "age_confirmed")).all() == [
            "age_confirmed"
        ]


def test_a_changed_quantity_never_costs_more_than_was_shown(shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_stocked_shop(session)
        basket = add_goods(session, STATION, product.id, 2 * ONE, at=MORNING)
        set_price(session, product, 60_000, starts=TODAY, by=MANAGER, at=MORNING)
        set_quantity(session, basket, 1, ONE, by=CASHIER, at=MORNING)
        assert price_basket(session, basket, TODAY).total_vnd == 45_000
