"""Terms of a lot that were put right: whatever happens afterwards, it is owed what it would be, had it come under the right ones."""

import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.admission.models import Paper, PaperKind
from pos.admission.papers import save_paper
from pos.kernel.actor import SYSTEM
from pos.kernel.clock import business_day
from pos.kernel.database import unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.maintenance.verify_settlement import check_statements
from pos.producers.models import Cost, Deal, Producer, ProducerTerms
from pos.producers.terms import list_terms, save_producer
from pos.sales.basket import add_goods
from pos.sales.models import Sale, TenderKind
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.tenders.part import TenderPart
from pos.settlement.fees import record_tender_fee
from pos.settlement.lot_terms import change_lot_terms, find_difference_vnd
from pos.settlement.models import Statement
from pos.settlement.owed import read_account
from pos.settlement.recall_fault import record_recall_fault
from pos.settlement.statements import approve_statement, prepare_statement
from pos.stock.lots import end_hold, place_hold
from pos.stock.models import Hold, Lot, MoveKind
from pos.storeroom.kits import ComponentUse, make_sets
from pos.storeroom.models import ReceivingLine
from tests.builders import FIRST, a_gift_set, a_maker, a_product, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop

from .account_steps import (
    SEEN,
    agree,
    bring_back,
    count,
    deliver,
    goods_under,
    lose,
    owed_of,
    sell,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def newest_terms(session: Session, producer: Producer) -> ProducerTerms:
    return max(list_terms(session, producer.id), key=lambda terms: terms.id)


def put_right(
    session: Session, producer: Producer, lot: Lot, *terms: Any, at: datetime, **more: Any
) -> ProducerTerms:
    """Other terms are agreed, and the lot is put under them."""
    agree(session, producer, *terms, at=at, **more)
    found = newest_terms(session, producer)
    change_lot_terms(session, lot, found, "ghi nhầm", approval=SEEN, by=MANAGER, at=at)
    return found


def freeze(session: Session, producer: Producer, at: datetime) -> Statement:
    """A statement of all that was over the day before."""
    prepared = prepare_statement(session, producer.id, business_day(at) - DAY, at)
    return approve_statement(session, producer, prepared, by=MANAGER, at=at)


def balance(session: Session, producer: Producer) -> int:
    return read_account(session, producer.id).closing_vnd


def a_maker_without_terms(session: Session) -> Producer:
    producer = Producer(name="Hộ chưa thỏa thuận", address="thôn")
    save_producer(session, producer, by=SYSTEM, at=MORNING)
    paper = Paper(kind=PaperKind.FOOD_SAFETY, number="A-1", issued=FIRST - 200 * DAY, producer_id=producer.id)
    save_paper(session, paper, [], by=SYSTEM, at=MORNING)
    session.flush()
    return producer


def sell_with_and_without_terms(
    session: Session, bands: Sequence[tuple[int, int]] = ()
) -> tuple[Producer, Lot, Lot, Sale]:
    """Ten millions of a lot that came before any terms, then ten of one that came under 20 %; the second sale."""
    an_open_shift(session)
    producer = a_maker_without_terms(session)
    first, second = (a_product(session, producer, n, price_vnd=100_000, name=f"Kẹo {n}") for n in (1, 2))
    without = deliver(session, first, lot="LA")
    agree(session, producer, 2_000, bands)
    lot = deliver(session, second, lot="LB", at=MORNING + timedelta(minutes=5))
    sell(session, (first, 100 * ONE), at=MORNING + HOUR)
    return producer, without, lot, sell(session, (second, 100 * ONE), at=MORNING + 2 * HOUR)


def test_a_recall_that_was_the_shop_s_fault_goes_by_the_right_terms(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product, lot = goods_under(session, 50_000, 5_000)
        hold = place_hold(session, lot_id=lot.id, reason="mốc", by=MANAGER, at=MORNING + HOUR)
        lose(session, lot, 2, MoveKind.DESTROYED, at=MORNING + 2 * HOUR)
        right = put_right(session, producer, lot, 2_000, at=MORNING + 3 * HOUR)
        record_recall_fault(
            session, session.get_one(Hold, hold.id), "lỗi", approval=SEEN, by=MANAGER, at=MORNING + 4 * HOUR
        )
        assert owed_of(session, producer) == [("recalled", 0), ("recall_fault", 80_000)]
        assert find_difference_vnd(session, lot, right) == 0


@pytest.mark.parametrize("bears", [(), (Cost.FEE,)])
def test_a_fee_that_was_noted_after_the_statement_is_none_of_the_entry(
    shop: Shop, bears: Sequence[Cost]
) -> None:
    """Frozen without a fee; its rate was typed later, with an early start: the entry is of the terms alone."""
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 100_000, 2_000, producer_bears=[Cost.FEE])
        an_open_shift(session)
        basket = add_goods(session, STATION, product.id, 10 * ONE, at=MORNING + HOUR)
        total_vnd = price_basket(session, basket, business_day(MORNING)).total_vnd
        paid = [TenderPart(TenderKind.CARD, total_vnd, "123456")]
        pay_basket(session, basket.id, basket.version, 0, parts=paid, station=STATION, by=CASHIER, at=MORNING + HOUR)  # fmt: skip
        assert freeze(session, producer, MORNING + DAY).closing_vnd == 800_000
        record_tender_fee(session, TenderKind.CARD, 1_000, starts=TODAY - 3 * DAY, approval=SEEN, by=MANAGER, at=MORNING + DAY + HOUR)  # fmt: skip
        put_right(session, producer, lot, 3_000, producer_bears=bears, at=MORNING + DAY + 2 * HOUR)
        assert balance(session, producer) == 700_000
        assert verify_books(session) == []


def test_a_fee_that_the_right_terms_put_on_the_producer_is_of_the_entry(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 100_000, 2_000)
        an_open_shift(session)
        record_tender_fee(session, TenderKind.CARD, 100, starts=TODAY, by=MANAGER, at=MORNING)
        basket = add_goods(session, STATION, product.id, 10 * ONE, at=MORNING + HOUR)
        paid = [TenderPart(TenderKind.CARD, 1_000_000, "123456")]
        pay_basket(session, basket.id, basket.version, 0, parts=paid, station=STATION, by=CASHIER, at=MORNING + HOUR)  # fmt: skip
        freeze(session, producer, MORNING + DAY)
        put_right(session, producer, lot, 2_000, producer_bears=[Cost.FEE], at=MORNING + DAY + HOUR)
        assert balance(session, producer) == 790_000


def test_what_a_lot_without_terms_fills_later_changes_no_entry_of_another(any_shop: Shop) -> None:
    """A was under none and sold first; B is frozen in the first band; A gets its terms, which fill before B: B stays as it was."""
    with unit_of_work() as session:
        producer, without, lot, _sale = sell_with_and_without_terms(session, [(10_000_000, 1_000)])
        tiers = newest_terms(session, producer)
        assert freeze(session, producer, MORNING + DAY).closing_vnd == 8_000_000
        change_lot_terms(session, without, tiers, "thiếu", approval=SEEN, by=MANAGER, at=MORNING + DAY + HOUR)
        freeze(session, producer, MORNING + 2 * DAY)
        put_right(session, producer, lot, 2_000, at=MORNING + 2 * DAY + 2 * HOUR)
        assert "terms" not in dict(owed_of(session, producer))
        assert verify_books(session) == []


def test_a_statement_stays_right_when_another_lot_gets_its_first_terms(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, without, lot, sale = sell_with_and_without_terms(session)
        tiers = put_right(session, producer, lot, 2_000, [(10_000_000, 1_000)], at=MORNING + 3 * HOUR)
        bring_back(session, sale, 50 * ONE, at=MORNING + 4 * HOUR)
        freeze(session, producer, MORNING + DAY)
        change_lot_terms(session, without, tiers, "thiếu", approval=SEEN, by=MANAGER, at=MORNING + DAY + HOUR)
        assert verify_books(session) == []


def test_what_is_found_again_goes_by_the_entry_s_bands(shop: Shop) -> None:
    """A count misses ten in a month under 20 %; put right to bands that this month had filled; found again in another month."""
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 1_000_000, 2_000)
        an_open_shift(session)
        sell(session, (product, 20 * ONE), at=MORNING + HOUR)
        count(session, lot, 970, at=MORNING + 2 * HOUR)
        freeze(session, producer, MORNING + DAY)
        put_right(session, producer, lot, 2_000, [(10_000_000, 0)], at=MORNING + DAY + HOUR)
        count(session, lot, 980, at=MORNING + 40 * DAY)
        assert balance(session, producer) == 18_000_000


@pytest.mark.parametrize(("deal", "cost_vnd"), [(Deal.FIRM, 70_000), (Deal.FIXED_PRICE, 0)])
def test_what_was_owed_by_the_entry_alone_is_taken_back_when_it_is_found(
    shop: Shop, deal: Deal, cost_vnd: int
) -> None:
    """No row of the account was of it, under a purchase or a price that was never stated; the entry owes it."""
    with unit_of_work() as session:
        producer, _product, lot = goods_under(session, 100_000, deal=deal, cost_vnd=cost_vnd)
        count(session, lot, 990, at=MORNING + HOUR)
        right = put_right(session, producer, lot, 2_000, at=MORNING + 2 * HOUR)
        owed_vnd = balance(session, producer)
        count(session, lot, 995, at=MORNING + 3 * HOUR)
        assert balance(session, producer) == owed_vnd - 400_000
        assert find_difference_vnd(session, lot, right) == 0


def test_goods_at_a_price_never_stated_are_not_left_out_once_the_entry_holds_them(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 100_000, deal=Deal.FIXED_PRICE)
        an_open_shift(session)
        sell(session, (product, 10 * ONE), at=MORNING + HOUR)
        lose(session, lot, 1, at=MORNING + 2 * HOUR)
        assert len(read_account(session, producer.id).left_out) == 2
        put_right(session, producer, lot, 2_000, at=MORNING + 3 * HOUR)
        assert owed_of(session, producer) == [("terms", 880_000)]
        assert read_account(session, producer.id).left_out == []


def test_what_a_count_finds_of_goods_without_terms_waits_for_them(shop: Shop) -> None:
    with unit_of_work() as session:
        producer = a_maker_without_terms(session)
        product = a_product(session, producer, 1, price_vnd=100_000, name="Kẹo")
        lot = deliver(session, product)
        count(session, lot, 990, at=MORNING + HOUR)
        count(session, lot, 994, at=MORNING + 2 * HOUR)
        freeze(session, producer, MORNING + DAY)
        agree(session, producer, 2_000, at=MORNING + DAY)
        change_lot_terms(session, lot, newest_terms(session, producer), "thiếu", approval=SEEN, by=MANAGER, at=MORNING + DAY)  # fmt: skip
        assert owed_of(session, producer) == [("count_loss", 800_000), ("count_found", -320_000)]


def test_later_sales_begin_where_the_lot_s_own_have_filled_the_bands(any_shop: Shop) -> None:
    """Twelve millions before, put right to less above ten, two more after: these are above; once back at 20 % nothing counts twice."""
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 100_000, 2_000)
        flat = newest_terms(session, producer)
        an_open_shift(session)
        sell(session, (product, 120 * ONE), at=MORNING + HOUR)
        tiers = put_right(session, producer, lot, 2_000, [(10_000_000, 1_000)], at=MORNING + DAY)
        sell(session, (product, 20 * ONE), at=MORNING + DAY + HOUR)
        assert owed_of(session, producer) == [("sold", 9_600_000), ("terms", 200_000), ("sold", 1_800_000)]
        assert find_difference_vnd(session, lot, tiers) == 0
        change_lot_terms(session, lot, flat, "vẫn là cũ", approval=SEEN, by=MANAGER, at=MORNING + 2 * DAY)
        change_lot_terms(session, lot, tiers, "không", approval=SEEN, by=MANAGER, at=MORNING + 3 * DAY)
        sell(session, (product, 10 * ONE), at=MORNING + 3 * DAY + HOUR)
        assert find_difference_vnd(session, lot, tiers) == 0
        assert balance(session, producer) == 8_000_000 + 5_000_000 * 9 // 10


def test_the_bands_stay_filled_over_a_statement(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 100_000, 2_000)
        an_open_shift(session)
        sell(session, (product, 120 * ONE), at=MORNING + HOUR)
        freeze(session, producer, MORNING + DAY)
        put_right(session, producer, lot, 2_000, [(10_000_000, 1_000)], at=MORNING + DAY)
        freeze(session, producer, MORNING + 2 * DAY)
        sell(session, (product, 20 * ONE), at=MORNING + 2 * DAY)
        assert owed_of(session, producer) == [("sold", 1_800_000)]
        freeze(session, producer, MORNING + 3 * DAY)
        assert verify_books(session) == []


def test_a_set_that_went_to_its_own_producer_took_the_others_goods_along(shop: Shop) -> None:
    """To them it is a loss that the shop bears; only goods of their own would have come back to them."""
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 100_000, 2_000)
        bought_of, bought, bought_lot = goods_under(session, 50_000, deal=Deal.FIRM, n=2, cost_vnd=30_000)
        maker = a_maker(session, "Hộ đóng quà")
        place = product.shelf_place_id or 0
        kit = a_gift_set(session, maker, place, {product.id: ONE, bought.id: ONE})
        uses = [ComponentUse(each.id, place, 3 * ONE) for each in (lot, bought_lot)]
        made = make_sets(session, kit, 3, uses, place, by=MANAGER, at=MORNING + HOUR)
        lose(session, made, 1, MoveKind.TO_PRODUCER, at=MORNING + 2 * HOUR)
        assert owed_of(session, producer)[-1] == ("to_producer", 80_000)
        assert owed_of(session, bought_of) == [("bought", 30_000_000)]


def test_lots_that_were_put_right_one_after_the_other_are_read_without_end(any_shop: Shop) -> None:
    """Each past is read as it stood before its change: a refund of one lot asks for no past that asks for its own."""
    with unit_of_work() as session:
        producer, first, lot = goods_under(session, 100_000, 2_000)
        second = a_product(session, producer, 2, price_vnd=100_000, name="Kẹo 2")
        other = deliver(session, second, lot="LO")
        an_open_shift(session)
        sales = [sell(session, (product, 150 * ONE), at=MORNING + HOUR) for product in (first, second)]
        agree(session, producer, 2_000, [(10_000_000, 1_000)], at=MORNING + 2 * HOUR)
        right = newest_terms(session, producer)
        for each in (lot, other):
            change_lot_terms(session, each, right, "nhầm", approval=SEEN, by=MANAGER, at=MORNING + 2 * HOUR)
        for sale in sales:
            bring_back(session, sale, 50 * ONE, at=MORNING + 2 * HOUR)
        for each in (lot, other):
            assert find_difference_vnd(session, each, right) == 0
        freeze(session, producer, MORNING + DAY)
        assert verify_books(session) == []


def test_goods_destroyed_after_a_recall_was_said_to_be_the_shop_s_fault_are_owed(shop: Shop) -> None:
    """Spoilage is the producer's by the terms; what is destroyed under this recall is the shop's, before and after it was said."""
    with unit_of_work() as session:
        producer, _product, lot = goods_under(session, 100_000, 2_000, producer_bears=[Cost.SPOILAGE])
        hold = place_hold(session, lot_id=lot.id, reason="mốc", by=MANAGER, at=MORNING + HOUR)
        lose(session, lot, 1, MoveKind.DESTROYED, at=MORNING + 2 * HOUR)
        record_recall_fault(session, hold, "lỗi", approval=SEEN, by=MANAGER, at=MORNING + 3 * HOUR)
        lose(session, lot, 1, MoveKind.DESTROYED, at=MORNING + 4 * HOUR)
        end_hold(session, hold, reason="xong", approval=SEEN, by=MANAGER, at=MORNING + 5 * HOUR)
        lose(session, lot, 1, MoveKind.DESTROYED, at=MORNING + 6 * HOUR)
        owed = [("recalled", 0), ("recall_fault", 80_000), ("destroyed", 80_000), ("destroyed", 0)]
        assert owed_of(session, producer) == owed


def test_the_right_terms_say_who_bears_what_was_lost_before_and_after(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product, lot = goods_under(session, 100_000, 2_000, producer_bears=[Cost.SPOILAGE])
        lose(session, lot, 2, at=MORNING + HOUR)
        right = put_right(session, producer, lot, 2_000, at=MORNING + 2 * HOUR)
        lose(session, lot, 1, at=MORNING + 3 * HOUR)
        assert owed_of(session, producer) == [("written_off", 0), ("terms", 160_000), ("written_off", 80_000)]
        assert find_difference_vnd(session, lot, right) == 0


def test_more_of_a_lot_comes_under_the_terms_that_it_was_put_under(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, product, lot = goods_under(session, 100_000, deal=Deal.FIXED_PRICE, cost_vnd=60_000)
        right = put_right(session, producer, lot, 2_000, at=MORNING + HOUR)
        deliver(session, product, 5, lot=lot.number, at=MORNING + 2 * HOUR)
        line = session.scalars(select(ReceivingLine).order_by(ReceivingLine.id.desc())).first()
        assert line is not None
        assert line.terms_id == right.id


class Acts:
    """Acts by chance on two lots of a producer's; the first has been put right once at least."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.chance, self.at = session, random.Random(seed), MORNING + HOUR
        self.producer, self.product, self.lot = goods_under(session, 100_000, 2_000)
        self.other = a_product(session, self.producer, 2, price_vnd=70_000, name="Kẹo 2")
        deliver(session, self.other, lot="LO")
        self.right = newest_terms(session, self.producer)
        self.sales: list[tuple[Sale, int]] = []
        self.hold: Hold | None = None
        self.left = {self.lot.id: 1_000}
        an_open_shift(session)

    def act(self) -> None:
        self.at += timedelta(hours=self.chance.choice((1, 5, 30)))
        acts = (self.sell, self.sell, self.sell_other, self.refund, self.refund, self.lose, self.count, self.count, self.stop, self.fault, self.freeze)  # fmt: skip
        with suppress(Refused), self.session.begin_nested():
            self.chance.choice(acts)()

    def sell(self) -> None:
        pieces = self.chance.randint(1, 60)
        sale = sell(self.session, (self.product, pieces * ONE), at=self.at)
        self.sales.append((sale, pieces))
        self.left[self.lot.id] -= pieces

    def sell_other(self) -> None:
        sell(self.session, (self.other, self.chance.randint(1, 60) * ONE), at=self.at)

    def refund(self) -> None:
        if self.sales:
            n = self.chance.randrange(len(self.sales))
            sale, pieces = self.sales[n]
            back = self.chance.randint(1, pieces)
            bring_back(self.session, sale, back * ONE, request=str(self.at), at=self.at)
            self.sales[n : n + 1] = [(sale, pieces - back)] if pieces > back else []

    def lose(self) -> None:
        kind = self.chance.choice((MoveKind.WRITTEN_OFF, MoveKind.DESTROYED, MoveKind.TASTED, MoveKind.TO_PRODUCER))  # fmt: skip
        lose(self.session, self.lot, self.chance.randint(1, 5), kind, at=self.at)

    def count(self) -> None:
        self.left[self.lot.id] += self.chance.randint(-9, 9)
        count(self.session, self.lot, max(self.left[self.lot.id], 1), at=self.at)

    def stop(self) -> None:
        if self.hold is None:
            hold = place_hold(self.session, lot_id=self.lot.id, reason="mốc", by=MANAGER, at=self.at)
            lose(self.session, self.lot, 2, MoveKind.DESTROYED, at=self.at + timedelta(minutes=5))
            end_hold(
                self.session,
                hold,
                reason="xong",
                approval=SEEN,
                by=MANAGER,
                at=self.at + timedelta(minutes=9),
            )
            self.hold = hold

    def fault(self) -> None:
        if self.hold is not None:
            record_recall_fault(self.session, self.hold, "lỗi", approval=SEEN, by=MANAGER, at=self.at)

    def choose_terms(self) -> dict[str, Any]:
        deal = self.chance.choice((Deal.CONSIGNMENT, Deal.CONSIGNMENT, Deal.CONSIGNMENT, Deal.FIRM))
        bands = [(self.chance.randint(1, 9) * 1_000_000, self.chance.randint(0, 1_500))]
        bears = [cost for cost in (Cost.SPOILAGE, Cost.COUNT, Cost.SAMPLE) if self.chance.random() < 0.4]
        return {"deal": deal, "bands": bands if deal is Deal.CONSIGNMENT else (), "producer_bears": bears}

    def put_right(self) -> None:
        self.right_now = put_right(self.session, self.producer, self.lot, self.chance.randint(1_000, 4_000), at=self.at, **self.choose_terms())  # fmt: skip

    def freeze(self) -> None:
        freeze(self.session, self.producer, self.at)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_it_is_owed_as_if_it_had_come_under_the_right_terms(shop: Shop, seed: int) -> None:
    with unit_of_work() as session:
        acts = Acts(session, seed)
        for _ in range(6):
            for _ in range(6):
                acts.act()
            acts.at += HOUR
            acts.put_right()
            for _ in range(6):
                acts.act()
                assert find_difference_vnd(session, acts.lot, acts.right_now) == 0
        assert list(check_statements(session)) == []
