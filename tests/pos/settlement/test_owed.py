"""What producers are owed is a reading of the books: each rule with its numbers, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from pos.catalog.models import GoodsKind, Product
from pos.kernel.actor import SYSTEM, Approval
from pos.kernel.database import unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.pricing.lot_markdown import mark_down_lot
from pos.pricing.prices import set_price
from pos.producers.models import Cost, Deal, Producer
from pos.producers.terms import save_producer
from pos.sales.models import DiscountKind, TenderKind
from pos.sales.set_discount import set_discount
from pos.settlement.fees import record_tender_fee
from pos.settlement.owed import read_account
from pos.stock.lots import place_hold
from pos.stock.models import Lot, MoveKind
from pos.storeroom.kits import ComponentUse, make_sets
from pos.storeroom.receive import get_receiving, reverse_receiving
from tests.builders import a_gift_set, a_maker, a_product, an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.sales.money_steps import card, pay, put_on, put_scanned

from .account_steps import agree, bring_back, count, deliver, goods_under, lose, owed_of, rows_of, sell

YES = Approval(MANAGER, "xem rồi", MORNING)
MILLION = 1_000_000


def set_price_to(session: Session, product: Product, price_vnd: int) -> None:
    """From today on, written a moment after the morning's other acts."""
    set_price(session, product, price_vnd, starts=TODAY, by=MANAGER, at=MORNING + timedelta(seconds=30))


def mark_down(session: Session, lot: Lot, rate_bp: int) -> None:
    mark_down_lot(session, lot, rate_bp, "sắp hết hạn", by=MANAGER, at=MORNING)


def test_a_sale_is_owed_less_commission_and_what_comes_back_takes_it_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 3_335, 1_500)
        an_open_shift(session)
        sale = sell(session, (product, 3 * ONE))
        for n in range(3):
            bring_back(session, sale, request=str(n))
        rows = rows_of(session, producer)
        assert rows[0].worth.commission_vnd == 1_501, "15 % of 10.005, half up"
        assert [-row.worth.commission_vnd for row in rows[1:]] == [500, 501, 500], (
            "differences of running totals"
        )
        assert sum(row.owed_vnd for row in rows) == 0


def test_the_rounding_of_cash_is_the_shops(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 13_500, 2_000)
        an_open_shift(session)
        assert sell(session, (product, ONE)).due_vnd == 13_000
        assert owed_of(session, producer) == [("sold", 10_800)]


def test_a_markdown_that_the_shop_bears_lowers_nothing_and_one_that_the_producer_bears_lowers_both(
    any_shop: Shop,
) -> None:
    with unit_of_work() as session:
        by_shop, first, lot = goods_under(session, 50_000, 2_000, n=1)
        by_producer, second, other = goods_under(session, 50_000, 2_000, n=2, producer_bears=[Cost.MARKDOWN])
        an_open_shift(session)
        mark_down(session, lot, 3_000)
        mark_down(session, other, 3_000)
        put_scanned(session, first)
        put_scanned(session, second)
        pay(session)
        assert owed_of(session, by_shop) == [("sold", 40_000)]
        (row,) = rows_of(session, by_producer)
        assert (row.worth.borne_vnd, row.worth.commission_vnd, row.owed_vnd) == (15_000, 7_000, 28_000)


def test_a_staff_discount_is_borne_as_other_discounts_are(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 100_000, 1_000, producer_bears=[Cost.DISCOUNT])
        an_open_shift(session)
        basket = put_scanned(session, product)
        set_discount(
            session,
            basket,
            DiscountKind.BASKET,
            amount_vnd=20_000,
            reason="khách quen",
            by=MANAGER,
            at=MORNING,
        )
        pay(session)
        assert owed_of(session, producer) == [("sold", 72_000)]


def test_a_marked_down_jar_that_spoils_is_owed_at_the_list_price(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product, lot = goods_under(session, 50_000, 2_000)
        mark_down(session, lot, 3_000)
        lose(session, lot, 1)
        assert owed_of(session, producer) == [("written_off", 40_000)]


def test_spoilage_that_the_producer_bears_is_shown_and_owed_nothing(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product, lot = goods_under(session, 50_000, 2_000, producer_bears=[Cost.SPOILAGE])
        lose(session, lot, 2)
        lose(session, lot, 1, MoveKind.TASTED)
        lose(session, lot, 3, MoveKind.TO_PRODUCER)
        assert owed_of(session, producer) == [("written_off", 0), ("tasted", 40_000), ("to_producer", 0)]


def test_a_sample_is_the_producers_where_the_terms_say_so(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product, lot = goods_under(session, 50_000, 2_000, producer_bears=[Cost.SAMPLE])
        lose(session, lot, 1, MoveKind.TASTED)
        assert owed_of(session, producer) == [("tasted", 0)]


def test_of_12_million_in_bands_the_first_2_million_come_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, MILLION, 2_000, [(10 * MILLION, 1_500)])
        an_open_shift(session)
        first = sell(session, (product, 2 * ONE))
        sell(session, (product, 10 * ONE))
        bring_back(session, first, 2 * ONE)
        rows = rows_of(session, producer)
        assert [row.parts for row in rows] == [
            ((2 * MILLION, 2_000),), ((8 * MILLION, 2_000), (2 * MILLION, 1_500)), (),
        ]  # fmt: skip
        assert sum(row.worth.commission_vnd for row in rows) == 1_900_000
        sell(session, (product, ONE))
        assert rows_of(session, producer)[-1].parts == ((MILLION, 1_500),), "what came back frees no room"


def test_bands_begin_again_with_the_month_and_with_new_terms(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, MILLION, 2_000, [(MILLION, 1_000)])
        an_open_shift(session)
        agree(session, producer, 1_900, [(MILLION, 500)])
        deliver(session, product, lot="L9")
        for each in (lot, lot, session.query(Lot).filter_by(number="L9").one()):
            sell(session, (product, ONE), lot=each)
        next_month = MORNING + timedelta(days=20)
        sell(session, (product, ONE), lot=lot, at=next_month)
        assert [row.worth.commission_vnd for row in rows_of(session, producer)] == [
            200_000, 100_000, 190_000, 200_000 if next_month.month != MORNING.month else 100_000,
        ]  # fmt: skip


def test_a_lost_jar_costs_the_commission_that_the_month_had_reached(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, MILLION, 2_000, [(MILLION, 1_000)])
        an_open_shift(session)
        lose(session, lot, 1)
        sell(session, (product, ONE), at=MORNING + timedelta(minutes=5))
        lose(session, lot, 1, at=MORNING + timedelta(minutes=9))
        assert [owed for _kind, owed in owed_of(session, producer)] == [800_000, 800_000, 900_000]


def test_a_fixed_price_is_lowered_in_proportion_by_what_the_producer_bears(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, lot = goods_under(
            session, 90_000, deal=Deal.FIXED_PRICE, cost_vnd=60_000, producer_bears=[Cost.MARKDOWN]
        )
        an_open_shift(session)
        sell(session, (product, ONE))
        mark_down(session, lot, 3_000)
        put_scanned(session, product)
        pay(session)
        lose(session, lot, 1)
        assert sorted(owed_of(session, producer)) == [
            ("sold", 42_000),
            ("sold", 60_000),
            ("written_off", 60_000),
        ]


def test_firm_goods_are_owed_when_they_come_and_not_when_they_are_sold(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 90_000, deal=Deal.FIRM, cost_vnd=50_000)
        an_open_shift(session)
        sell(session, (product, ONE))
        lose(session, lot, 1)
        lose(session, lot, 2, MoveKind.TO_PRODUCER)
        assert owed_of(session, producer) == [("bought", 50_000_000), ("to_producer", -100_000)]
        deliver(session, product, 10, lot="L5", cost_vnd=40_000)
        reverse_receiving(session, get_receiving(session, 2), why="nhầm", by=MANAGER, at=MORNING)
        assert sorted(owed_of(session, producer)[1:]) == [
            ("bought", 400_000), ("purchase_reversed", -400_000), ("to_producer", -100_000),
        ]  # fmt: skip


def test_a_count_that_finds_jars_again_takes_the_losses_back_the_last_first(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 50_000, 2_000)
        count(session, lot, 998)
        set_price_to(session, product, 60_000)
        count(session, lot, 997, at=MORNING + timedelta(minutes=1))
        count(session, lot, 999, at=MORNING + timedelta(minutes=2))
        count(session, lot, 1_003, at=MORNING + timedelta(minutes=3))
        assert owed_of(session, producer) == [
            ("count_loss", 80_000), ("count_loss", 48_000), ("count_found", -88_000), ("count_found", -40_000),
        ]  # fmt: skip


def test_a_count_that_the_producer_bears_is_owed_nothing(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product, lot = goods_under(session, 50_000, 2_000, producer_bears=[Cost.COUNT])
        count(session, lot, 990)
        assert owed_of(session, producer) == [("count_loss", 0)]


def test_recalled_goods_are_owed_nothing(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product, lot = goods_under(session, 50_000, 2_000)
        lose(session, lot, 1)
        place_hold(session, reason="mốc", lot_id=lot.id, by=MANAGER, at=MORNING + timedelta(minutes=1))
        lose(session, lot, 5, MoveKind.DESTROYED, at=MORNING + timedelta(minutes=2))
        assert owed_of(session, producer) == [("written_off", 40_000), ("recalled", 0)]


def test_goods_under_no_terms_are_left_out_until_there_are_some(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000, starts=MORNING.date() + timedelta(days=200))
        an_open_shift(session)
        other = a_maker(session, "Hộ không điều khoản")
        assert owed_of(session, other) == []
        sell(session, (product, ONE))
        assert owed_of(session, producer) == [("sold", 42_500)], "under the terms that held before"


def test_a_gift_set_is_owed_to_the_producers_of_what_is_in_it(any_shop: Shop) -> None:
    """A set of 140.000 of one cake at 90.000 (20 %), one tea at 60.000 (fixed, 40.000), one of the shop's own at 50.000."""
    with unit_of_work() as session:
        baker, cake, cakes = goods_under(session, 90_000, 2_000, n=1)
        grower, tea, teas = goods_under(session, 60_000, n=2, deal=Deal.FIXED_PRICE, cost_vnd=40_000)
        shop, bowl, bowls = goods_under(session, 50_000, n=3, deal=Deal.FIRM, cost_vnd=30_000)
        an_open_shift(session)
        kit = a_gift_set(session, shop, cake.shelf_place_id, {cake.id: ONE, tea.id: ONE, bowl.id: ONE})
        shelf = cake.shelf_place_id or 0
        taken = [ComponentUse(lot.id, shelf, 4 * ONE) for lot in (cakes, teas, bowls)]
        kit_lot = make_sets(session, kit, 4, taken, shelf, by=MANAGER, at=MORNING)
        set_price_to(session, cake, 20_000)  # shares are by the prices on the day of packing
        sale = sell(session, (kit, ONE))
        assert owed_of(session, baker) == [("sold", 54_000)], "67.500 less 20 %"
        assert owed_of(session, grower) == [("sold", 40_000)]
        assert [kind for kind, _vnd in owed_of(session, shop)] == ["bought"]
        bring_back(session, sale)
        assert sum(vnd for _kind, vnd in owed_of(session, baker)) == 0
        assert sum(vnd for _kind, vnd in owed_of(session, grower)) == 0
        lose(session, kit_lot, 1)
        assert owed_of(session, baker)[-1] == ("written_off", 54_000)
        assert owed_of(session, grower)[-1] == ("written_off", 40_000)


def test_an_account_can_be_read_as_it_stood(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000, 2_000)
        an_open_shift(session)
        sale = sell(session, (product, ONE))
        bring_back(session, sale, at=MORNING + timedelta(hours=2))
        assert read_account(session, producer.id, until=MORNING + timedelta(hours=1)).closing_vnd == 40_000
        assert read_account(session, producer.id).closing_vnd == 0


def refusals(caught: Any) -> set[str]:
    return {reason.code for reason in caught.value.reasons}


def test_a_lot_that_comes_again_keeps_its_terms(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 50_000, 2_000)
        an_open_shift(session)
        agree(session, producer, 500)
        assert deliver(session, product, 10, lot="L1").id == lot.id
        sell(session, (product, ONE))
        assert owed_of(session, producer) == [("sold", 40_000)]
        agree(session, producer, deal=Deal.FIXED_PRICE)
        with pytest.raises(Refused) as caught:
            deliver(session, product, 10, lot="L1", cost_vnd=30_000)
        assert refusals(caught) == {"lot_other_deal"}


def test_a_lot_at_a_fixed_price_comes_again_at_that_price_alone(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 90_000, deal=Deal.FIXED_PRICE, cost_vnd=60_000)
        an_open_shift(session)
        with pytest.raises(Refused) as caught:
            deliver(session, product, 10, lot="L1", cost_vnd=50_000)
        assert refusals(caught) == {"lot_other_price"}
        deliver(session, product, 10, lot="L1")  # whoever typed it didn't know the price
        sell(session, (product, ONE))
        assert owed_of(session, producer) == [("sold", 60_000)]


def test_a_fee_is_spread_over_the_lines_and_a_refund_gives_none_back(any_shop: Shop) -> None:
    """1,5 % of a card's 100.000 is 1.500: a fifth of it falls on goods of 20.000."""
    with unit_of_work() as session:
        bearing, first, _lot = goods_under(session, 20_000, 1_000, n=1, producer_bears=[Cost.FEE])
        _other, second, _lot = goods_under(session, 80_000, 1_000, n=2)
        an_open_shift(session)
        record_tender_fee(session, TenderKind.CARD, 150, starts=TODAY, by=MANAGER, at=MORNING)
        put_on(session, (first, ONE), (second, ONE))
        sale = pay(session, 0, [card(100_000)])
        (row,) = rows_of(session, bearing)
        assert (row.fee_vnd, row.owed_vnd) == (300, 17_700)
        bring_back(session, sale)
        assert [row.fee_vnd for row in rows_of(session, bearing)] == [300, 0]
        assert sum(row.owed_vnd for row in rows_of(session, bearing)) == -300


def test_a_delivery_of_later_is_owed_later(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 100_000, deal=Deal.FIRM, cost_vnd=70_000)
        deliver(session, product, 10, lot="L1", cost_vnd=70_000, at=MORNING + timedelta(days=1))
        assert owed_of(session, producer, until=MORNING + timedelta(hours=1)) == [("bought", 70_000_000)]
        assert len(owed_of(session, producer)) == 2


def test_a_service_goes_by_the_terms_of_its_day_known_then_or_first_agreed_for_it_later(shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        producer = Producer(name="Hộ dẫn khách", address="thôn")
        save_producer(session, producer, by=SYSTEM, at=MORNING)
        tour = a_product(
            session, producer, 1, price_vnd=100_000, name="Dẫn tham quan làng", kind=GoodsKind.SERVICE
        )
        sell(session, (tour, ONE), at=MORNING)
        assert owed_of(session, producer) == []
        agree(session, producer, 2_000, at=MORNING + timedelta(hours=1))
        agree(session, producer, 5_000, at=MORNING + timedelta(hours=2))
        assert owed_of(session, producer) == [("sold", 80_000)], "the first that were agreed for its day"
        sell(session, (tour, ONE), at=MORNING + timedelta(hours=3))
        assert owed_of(session, producer)[1:] == [("sold", 50_000)], "those that were known when it was sold"
