"""What the gate judges goods on the floor by isn't changed alone: sets, names, labels, a producer's suspension."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.admission.change_paper import apply_due_changes, change_paper
from pos.admission.change_product import change_product
from pos.admission.gate import Act
from pos.admission.goods import GoodsQuery, judge_goods
from pos.admission.labels import REQUIRED
from pos.admission.lift_suspension import lift_suspension
from pos.admission.models import Paper, PaperKind
from pos.admission.papers import CoveredProduct, save_paper
from pos.catalog.models import GoodsKind, Product
from pos.catalog.products import TypedCode, save_product
from pos.identity.people import add_person
from pos.kernel.actor import SYSTEM, Actor, Approval, Role
from pos.kernel.database import unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.producers.models import Producer
from pos.producers.terms import save_producer
from pos.sales.basket import add_goods
from pos.sales.questions import WhatAge
from pos.stock.models import Lot, OnHand, Place, Zone
from pos.storeroom.judge_delivery import ReceivedLine
from pos.storeroom.kits import ComponentUse, make_sets
from pos.storeroom.receive import receive_delivery
from tests.builders import a_delivery, a_gift_set, a_maker, a_product, a_stocked_shop, an_open_shift, gtin13
from tests.conftest import MANAGER, MORNING, STATION, TODAY, Shop

LONG_AGO = MORNING - timedelta(days=30)


@pytest.fixture
def two(shop: Shop) -> tuple[Actor, Approval]:
    """A manager, and the word of another one who has been here for a month."""
    with unit_of_work() as session:
        mine, other = (
            add_person(session, name, Role.MANAGER, by=SYSTEM, at=LONG_AGO)[0] for name in ("Lan", "Mai")
        )
        return mine.actor(STATION), Approval(other.actor(STATION), "xem rồi", MORNING)


def fields(paper: Paper) -> dict[str, object]:
    return {
        name: getattr(paper, name)
        for name in ("kind", "number", "issuer", "issued", "starts", "ends", "producer_id", "note", "file_id")
    }


def why(session: Session, product_id: int) -> set[str]:
    lot = session.scalars(select(Lot).where(Lot.product_id == product_id)).first()
    assert lot is not None
    place = session.scalars(
        select(OnHand.place_id).where(OnHand.lot_id == lot.id, OnHand.quantity_milli > 0)
    ).first()
    (verdict,) = judge_goods(session, [GoodsQuery(product_id, lot.id, place)], Act.SELL, TODAY)
    return {reason.code for reason in verdict.refusals}


def a_set(session: Session, kind: GoodsKind = GoodsKind.PACKAGED_FOOD) -> tuple[Product, Product]:
    """A gift set on the floor, packed in the store room: its component was never on a shelf itself."""
    maker = a_maker(session)
    part = a_product(session, maker, 1, name="Bánh gai", kind=kind)
    if kind is GoodsKind.ALCOHOL:
        part.alcohol_permille = 40
    store = session.scalars(select(Place).where(Place.zone == Zone.STORE)).first()
    assert store is not None
    arrived = ReceivedLine(
        part.id, "B1", TODAY - timedelta(days=2), TODAY + timedelta(days=60), 10 * ONE, store.id, 30_000
    )
    receive_delivery(
        session, maker, delivery_note="PG", note_date=TODAY, arrived=[arrived], by=SYSTEM, at=MORNING
    )
    lot = session.scalars(select(Lot).where(Lot.product_id == part.id)).one()
    kit = a_gift_set(session, maker, part.shelf_place_id, {part.id: 2 * ONE})
    make_sets(
        session,
        kit,
        2,
        [ComponentUse(lot.id, store.id, 4 * ONE)],
        part.shelf_place_id or 0,
        by=MANAGER,
        at=MORNING,
    )
    return part, kit


def test_what_is_in_a_set_on_the_floor_is_on_the_floor(shop: Shop, two: tuple[Actor, Approval]) -> None:
    me, other = two
    with unit_of_work() as session:
        part, kit = a_set(session)
        paper = session.scalars(select(Paper).where(Paper.kind == PaperKind.RECOGNITION)).one()
        wanted = fields(paper) | {"issued": TODAY, "starts": TODAY, "ends": None}
        covers = [CoveredProduct(part.id, 4)]
        with pytest.raises(Refused) as no:
            change_paper(session, paper, wanted, covers, by=me, at=MORNING)
        assert [reason.code for reason in no.value.reasons] == ["second_person_needed"]
        part.banned = True
        save_product(session, part, [TypedCode(gtin13(1))], by=SYSTEM, at=MORNING)
        assert "banned" in why(session, kit.id)
        with pytest.raises(Refused):
            change_product(
                session, part, {"banned": False, "kind": "craft"}, [], recipe=None, by=me, at=MORNING
            )
        change_product(
            session,
            part,
            {"banned": False},
            [TypedCode(gtin13(1))],
            recipe=None,
            by=me,
            at=MORNING,
            approval=other,
        )
        assert why(session, kit.id) == set()
        assert verify_books(session) == []


def test_alcohol_in_a_set_asks_the_age(shop: Shop) -> None:
    with unit_of_work() as session:
        _wine, kit = a_set(session, GoodsKind.ALCOHOL)
        an_open_shift(session)
        with pytest.raises(WhatAge):
            add_goods(session, STATION, kit.id, ONE, at=MORNING)


@pytest.mark.parametrize(
    "wanted",
    [{"name_vi": "Kẹo dồi"}, {"pack": "Kẹo dồi"}, {"name_vi": "Kẹo dồi lạc"}],
    ids=["name", "pack", "longer"],
)
def test_goods_are_not_named_after_a_paper_of_others_alone(
    shop: Shop, two: tuple[Actor, Approval], wanted: dict[str, str]
) -> None:
    me, other = two
    with unit_of_work() as session:
        product = a_stocked_shop(session)
        paper = session.scalars(select(Paper).where(Paper.kind == PaperKind.RECOGNITION)).one()
        save_paper(session, paper, [CoveredProduct(product.id, 4, "Kẹo dồi")], by=SYSTEM, at=MORNING)
        assert why(session, product.id) == {"certificate_other_product"}
        codes = [TypedCode(gtin13(1))]
        with pytest.raises(Refused):
            change_product(session, product, wanted, codes, recipe=None, by=me, at=MORNING)
        change_product(
            session, product, {"name_vi": "Chè lam gừng sả"}, codes, recipe=None, by=me, at=MORNING
        )
        change_product(session, product, wanted, codes, recipe=None, by=me, at=MORNING, approval=other)
        assert why(session, product.id) == set()


def test_a_label_is_not_completed_alone_once_the_goods_were_on_the_floor(
    shop: Shop, two: tuple[Actor, Approval]
) -> None:
    me, other = two
    whole = " ".join(REQUIRED[GoodsKind.PACKAGED_FOOD])
    with unit_of_work() as session:
        product = a_stocked_shop(session)
        codes = [TypedCode(gtin13(1))]
        change_product(session, product, {"label_entries": ""}, codes, recipe=None, by=me, at=MORNING)
        assert why(session, product.id) == {"label_incomplete"}
        with pytest.raises(Refused):
            change_product(session, product, {"label_entries": whole}, codes, recipe=None, by=me, at=MORNING)
        change_product(
            session, product, {"label_entries": whole}, codes, recipe=None, by=me, at=MORNING, approval=other
        )
        assert why(session, product.id) == set()
        new = a_product(session, session.get_one(Producer, product.producer_id), 2, name="Kẹo lạc")
        new.label_entries = ""
        assert (
            change_product(session, new, {"label_entries": whole}, [], recipe=None, by=me, at=MORNING) is None
        )


def suspended(session: Session) -> tuple[Producer, Product]:
    product = a_stocked_shop(session)
    maker = session.get_one(Producer, product.producer_id)
    maker.suspended_on, maker.suspended_why = TODAY - timedelta(days=3), "Sở đình chỉ"
    return save_producer(session, maker, by=SYSTEM, at=MORNING), product


@pytest.mark.parametrize("until", [None, TODAY + timedelta(days=1)])
def test_a_suspension_is_ended_by_two_only(shop: Shop, two: tuple[Actor, Approval], until: object) -> None:
    me, other = two
    with unit_of_work() as session:
        maker, product = suspended(session)
        session.flush()
        maker.suspended_on = until  # type: ignore[assignment]
        with pytest.raises(Refused) as no:
            save_producer(session, maker, by=me, at=MORNING)
        assert [reason.code for reason in no.value.reasons] == ["suspension_lifted"]
        session.expire(maker)
        with pytest.raises(Refused):
            lift_suspension(session, maker, by=me, at=MORNING, approval=None)
        assert why(session, product.id) == {"producer_suspended"}
        lift_suspension(session, maker, by=me, at=MORNING, approval=other)
        assert why(session, product.id) == set()
        assert verify_books(session) == []


def test_who_is_alone_ends_a_suspension_the_next_day(shop: Shop) -> None:
    with unit_of_work() as session:
        me = add_person(session, "Lan", Role.MANAGER, by=SYSTEM, at=LONG_AGO)[0].actor(STATION)
        maker, product = suspended(session)
        change = lift_suspension(session, maker, by=me, at=MORNING, approval=None)
        assert change.due_on == TODAY + timedelta(days=1)
        assert why(session, product.id) == {"producer_suspended"}
        apply_due_changes(session, MORNING + timedelta(days=1))
        assert why(session, product.id) == set()


def test_what_came_by_weight_never_becomes_pieces(shop: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        product = a_product(session, maker, unit="kg")
        change_product(session, product, {"unit": "piece"}, [], recipe=None, by=MANAGER, at=MORNING)
        a_delivery(session, maker, product)
        change_product(session, product, {"unit": "piece"}, [], recipe=None, by=MANAGER, at=MORNING)
        with pytest.raises(Refused, match="unit_fixed"):
            change_product(session, product, {"unit": "kg"}, [], recipe=None, by=MANAGER, at=MORNING)
        assert product.unit == "piece"
