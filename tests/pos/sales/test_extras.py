"""Bags, wrapping, shipping: sold without gate or stock."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused, Stale
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.sales.basket import add_extra, add_goods, set_quantity
from pos.sales.extras import save_extra
from pos.sales.models import Extra, SaleLine
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.queries import list_lines
from pos.sales.refund import get_sale, refund_sale
from tests.builders import a_stocked_shop, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop


def bag(session: Session, price_vnd: int = 2_000) -> Extra:
    extra = Extra(
        name_vi="Túi giấy", name_en="Paper bag", price_vnd=price_vnd, vat_category="standard", archived=False
    )
    return save_extra(session, extra, by=MANAGER, at=MORNING)


def test_a_bag_is_sold_without_gate_or_stock_and_given_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_stocked_shop(session)
        add_goods(session, STATION, product.id, ONE, at=MORNING)
        basket = add_extra(session, STATION, bag(session), 2_000, at=MORNING)
        add_extra(session, STATION, session.scalars(select(Extra)).one(), 2_000, at=MORNING)
        noticed = price_basket(session, basket, TODAY)
        assert (noticed.total_vnd, noticed.refusals) == (45_000 + 4_000, ())
        sale = pay_basket(session, basket.id, basket.version, 50_000, station=STATION, by=CASHIER, at=MORNING)
        goods, extra = list_lines(session, sale.number)
        assert (extra.product_id, extra.producer_id, extra.lot_id, extra.quantity_milli) == (
            None,
            None,
            None,
            2 * ONE,
        )
        assert goods.producer_id is not None
        returned = refund_sale(
            session, sale, {2: ONE}, reason="thừa túi", request="1", station=STATION, by=CASHIER, at=MORNING
        )
        assert returned.due_vnd == -2_000
    with open_reading() as session:
        assert verify_books(session) == []


def test_an_extras_quantity_is_whole_and_its_price_sane(shop: Shop) -> None:
    with unit_of_work() as session:
        basket = add_extra(session, STATION, bag(session), 2_000, at=MORNING)
        set_quantity(session, basket, 1, 3 * ONE, by=CASHIER, at=MORNING)
        assert price_basket(session, basket, TODAY).total_vnd == 6_000
        for wrong in (1500, 20_000 * ONE):
            with pytest.raises(Refused, match="quantity_odd"):
                set_quantity(session, basket, 1, wrong, by=CASHIER, at=MORNING)
        for wrong in (-1, 5_000_001):
            with pytest.raises(Refused, match="amount_odd"):
                add_extra(session, STATION, session.scalars(select(Extra)).one(), wrong, at=MORNING)


def test_a_sale_line_of_an_extra_stays_out_of_every_producers_pages(shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        basket = add_extra(session, STATION, bag(session), 2_000, at=MORNING)
        sale = pay_basket(session, basket.id, basket.version, 2_000, station=STATION, by=CASHIER, at=MORNING)
        assert session.scalars(
            select(SaleLine.producer_id).where(SaleLine.sale_number == sale.number)
        ).all() == [None]
        with pytest.raises(Stale):
            pay_basket(session, basket.id, basket.version, 3_000, station=STATION, by=CASHIER, at=MORNING)
        assert get_sale(session, sale.number) is sale
