"""Nobody matches a loose cucumber with a lot: an expired rest on the books is passed over, a stopped lot never."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.catalog.models import GoodsKind, Product
from pos.kernel.database import unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.sales.basket import add_goods, set_quantity
from pos.sales.models import LotKnownBy
from pos.sales.questions import PackDates, WhichLot
from pos.stock.lots import is_own_number, place_hold
from pos.stock.models import Lot
from pos.stock.queries import list_ending_lots
from pos.storeroom.judge_delivery import ReceivedLine
from pos.storeroom.receive import receive_delivery
from tests.builders import a_delivery, a_maker, a_product
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop

LATER = MORNING + timedelta(days=3)


def loose(session: Session, lots: dict[str, int], unit: str = "kg") -> tuple[Product, dict[str, Lot]]:
    """Goods with lots by number, each with the days from today until it ends."""
    maker = a_maker(session)
    product = a_product(session, maker, unit=unit, name="Dưa chuột", kind=GoodsKind.FRESH_FOOD)
    return product, {
        number: a_delivery(session, maker, product, 5 * ONE, lot=number, ends=TODAY + timedelta(days=days))
        for number, days in lots.items()
    }


def test_what_is_weighed_is_of_the_newest_delivery_and_the_expired_rest_is_for_the_write_off_list(
    any_shop: Shop,
) -> None:
    with unit_of_work() as session:
        product, lots = loose(session, {"CU": 1, "GIUA": 9, "MOI": 12})
        basket = add_goods(session, STATION, product.id, 800, at=LATER)
        assert [(line.lot_id, line.lot_known_by) for line in basket.lines] == [
            (lots["MOI"].id, LotKnownBy.ASSUMED)
        ]
        basket = add_goods(session, STATION, product.id, 5 * ONE, at=LATER)
        assert {line.lot_id for line in basket.lines} == {lots["MOI"].id, lots["GIUA"].id}
        ended = list_ending_lots(session, LATER.date())
        assert [lot.number for lot, _product, _milli in ended] == ["CU"]


def test_pieces_whose_lots_the_shop_numbered_itself_are_not_asked_about(any_shop: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        product = a_product(session, maker, name="Trứng gà", kind=GoodsKind.FRESH_FOOD)
        for days in (1, 9):
            line = ReceivedLine(product.id, "", TODAY, TODAY + timedelta(days=days), 9 * ONE,
                                product.shelf_place_id or 0, 3_000)  # fmt: skip
            receive_delivery(session, maker, delivery_note=f"PG{days}", note_date=TODAY, arrived=[line], by=MANAGER,
                             at=MORNING)  # fmt: skip
        lots = session.scalars(select(Lot).order_by(Lot.id)).all()
        assert all(is_own_number(lot.number) for lot in lots), [lot.number for lot in lots]
        basket = add_goods(session, STATION, product.id, ONE, at=LATER)
        assert [line.lot_id for line in basket.lines] == [lots[1].id]
        set_quantity(session, basket, 1, 3 * ONE, by=CASHIER, at=LATER)
        assert [line.lot_id for line in basket.lines] == [lots[1].id]


def test_a_printed_lot_is_asked_about_when_one_has_expired(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product, _lots = loose(session, {"L1": 1, "L2": 9}, unit="piece")
        with pytest.raises(WhichLot) as asked:
            add_goods(session, STATION, product.id, ONE, at=LATER)
        assert [lot.number for lot in asked.value.likely] == ["L2"]
        assert [lot.number for lot in asked.value.stopped] == ["L1"]


@pytest.mark.parametrize("stopped", ["CU", "MOI"], ids=["expired as well", "good until then"])
def test_a_recalled_lot_of_loose_goods_is_always_asked_about(any_shop: Shop, stopped: str) -> None:
    with unit_of_work() as session:
        product, lots = loose(session, {"CU": 1, "GIUA": 9, "MOI": 12})
        place_hold(
            session, lot_id=lots[stopped].id, reason="dư lượng thuốc", by=MANAGER, at=MORNING, kind="recall"
        )
        with pytest.raises(WhichLot):
            add_goods(session, STATION, product.id, 800, at=LATER)


def test_no_expired_nor_held_lot_is_sold_whoever_names_it(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product, lots = loose(session, {"CU": 1, "GIUA": 9, "MOI": 12})
        place_hold(session, lot_id=lots["GIUA"].id, reason="mốc", by=MANAGER, at=MORNING)
        for number, code in (("CU", "expired"), ("GIUA", "recalled")):
            with pytest.raises(Refused) as no:
                add_goods(session, STATION, product.id, 800, at=LATER, lot_id=lots[number].id,
                          known_by=LotKnownBy.CHOSEN)  # fmt: skip
            assert code in {reason.code for reason in no.value.reasons}


def test_an_expired_rest_alone_is_refused(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product, _lots = loose(session, {"CU": 1})
        with pytest.raises(Refused) as no:
            add_goods(session, STATION, product.id, 800, at=LATER)
        assert {reason.code for reason in no.value.reasons} == {"expired"}


def test_more_than_the_good_lots_have_is_not_taken_from_the_expired_rest(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product, _lots = loose(session, {"CU": 1, "MOI": 12})
        with pytest.raises(Refused) as no:
            add_goods(session, STATION, product.id, 6 * ONE, at=LATER)
        assert {reason.code for reason in no.value.reasons} == {"not_on_hand"}


def test_a_code_that_names_a_day_of_making_has_a_printed_lot(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product, _lots = loose(session, {"CU": 1, "MOI": 12})
        with pytest.raises(WhichLot):
            add_goods(
                session, STATION, product.id, 800, at=LATER, pack=PackDates(made_on=TODAY - timedelta(days=2))
            )


def test_three_lots_are_offered_at_once_and_the_others_are_folded(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product, _lots = loose(session, {"CU": 1, "A": 6, "B": 7, "C": 8, "D": 9}, unit="piece")
        with pytest.raises(WhichLot) as asked:
            add_goods(session, STATION, product.id, ONE, at=LATER)
        question = asked.value
        assert [[lot.number for lot in lots] for lots in (question.likely, question.others, question.stopped)] == [
            ["A", "B", "C"], ["D"], ["CU"],
        ]  # fmt: skip
