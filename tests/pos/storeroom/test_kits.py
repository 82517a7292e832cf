"""Gift sets: packed out of lots that stay known, stopped with any of them, taken apart again; on both databases."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.catalog.models import GoodsClass, Product
from pos.catalog.products import save_product
from pos.catalog.recipes import format_recipe, read_recipe
from pos.kernel.actor import SYSTEM, Actor
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, Refused
from pos.kernel.quantity import ONE
from pos.maintenance.restore import continue_books
from pos.maintenance.verify import verify_books
from pos.recalls.recall import get_recall
from pos.sales.basket import add_goods
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.stock.lots import place_hold
from pos.stock.models import Lot, OnHand, Place, Zone
from pos.storeroom.kits import ComponentUse, list_components, make_sets, remaining_parts_milli, take_apart
from tests.builders import a_delivery, a_gift_set, a_maker, a_product, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop
from tests.pos.maintenance.test_verify import tamper


def codes(caught: Any) -> set[str]:
    return {reason.code for reason in caught.value.reasons}


@dataclass
class Table:
    """A set of two cakes and one candy; of the cakes there are two lots."""

    kit: Product
    cakes: list[Lot]
    candy: Lot
    shelf: int
    store: int

    def parts(self, *pieces: int) -> list[ComponentUse]:
        """So many of the first cakes, the second cakes, the candy."""
        return [
            ComponentUse(lot.id, self.shelf, n * ONE)
            for lot, n in zip([*self.cakes, self.candy], pieces, strict=True)
        ]

    def pack(self, sets: int, *pieces: int, to: int | None = None, by: Actor = MANAGER) -> Lot:
        with unit_of_work() as session:
            return make_sets(
                session,
                session.merge(self.kit),
                sets,
                self.parts(*pieces),
                to or self.shelf,
                by=by,
                at=MORNING,
            )

    def apart(self, lot: Lot, sets: int, *pieces: int) -> None:
        with unit_of_work() as session:
            own = session.get_one(Lot, lot.id)
            take_apart(session, own, self.shelf, sets, self.parts(*pieces), by=MANAGER, at=MORNING)

    def on_hand(self) -> list[int]:
        with open_reading() as session:
            return [
                session.get_one(OnHand, (lot.id, self.shelf)).quantity_milli // ONE
                for lot in [*self.cakes, self.candy]
            ]


@pytest.fixture
def table(any_shop: Shop) -> Table:
    return set_up()


def set_up() -> Table:
    with unit_of_work() as session:
        maker = a_maker(session)
        cake, candy = (
            a_product(session, maker, 1, name="Bánh gai"),
            a_product(session, maker, 2, name="Kẹo vừng"),
        )
        cakes = [a_delivery(session, maker, cake, lot=f"B{n}") for n in (1, 2)]
        sweet = a_delivery(session, maker, candy, lot="K1")
        kit = a_gift_set(session, maker, cake.shelf_place_id, {cake.id: 2 * ONE, candy.id: ONE})
        an_open_shift(session)
        store = session.scalars(select(Place.id).where(Place.zone == Zone.STORE)).first()
        return Table(kit, cakes, sweet, cake.shelf_place_id or 0, store or 0)


def sell(session: Session, product: Product) -> int:
    basket = add_goods(session, STATION, product.id, ONE, at=MORNING)
    due = price_basket(session, basket, TODAY).due_vnd
    return pay_basket(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=MORNING).number


def test_a_set_remembers_the_lots_in_it_and_is_sold(table: Table) -> None:
    with open_reading() as session:
        ((_cake, needed, waiting), _candy) = list_components(
            session, session.get_one(Product, table.kit.id), 6
        )
        assert needed == 12 * ONE
        assert [item.suggested_milli // ONE for item in waiting] == [10, 2], "what ends first leaves first"
    lot = table.pack(3, 4, 2, 3)
    assert (lot.made_on, lot.expires_on) == (TODAY, table.candy.expires_on)
    assert table.on_hand() == [6, 8, 7]
    with unit_of_work() as session:
        assert remaining_parts_milli(session, lot) == {
            table.cakes[0].id: 4 * ONE,
            table.cakes[1].id: 2 * ONE,
            table.candy.id: 3 * ONE,
        }
        sell(session, table.kit)
        assert verify_books(session) == []


def test_after_a_restore_no_sets_number_of_that_day_is_used_again(table: Table, tmp_path: Path) -> None:
    """A set that was packed after the backup is about, with its number on it."""
    first = table.pack(1, 2, 0, 1)
    assert first.number == "SET261124-1"
    (tmp_path / "b.zip").write_bytes(b"")
    continue_books(db.engine, tmp_path, source=tmp_path / "b.zip", at=MORNING, skip=7)
    assert table.pack(1, 1, 1, 1).number == "SET261124-9"


def test_a_stopped_part_stops_the_set_and_finds_its_buyers(table: Table) -> None:
    table.pack(2, 4, 0, 2)
    untouched = table.pack(1, 0, 2, 1, to=table.store)
    with unit_of_work() as session:
        number = sell(session, table.kit)
        add_goods(session, STATION, table.kit.id, ONE, at=MORNING)
        hold = place_hold(session, lot_id=table.cakes[0].id, reason="dị vật", by=MANAGER, at=MORNING)
    with pytest.raises(Refused) as caught, unit_of_work() as session:
        sell(session, table.kit)
    assert "recalled" in codes(caught)
    with open_reading() as session:
        found = get_recall(session, hold.id)
        assert number in {item.number for item in found.sold}
        concerned = {lot.number for lot, _product in found.lots}
        assert untouched.number not in concerned
        assert len(concerned) == 2
    with pytest.raises(Refused) as caught:
        table.pack(1, 2, 0, 1)
    assert "recalled" in codes(caught)


def test_sets_are_taken_apart_into_the_lots_that_were_in_them(table: Table) -> None:
    lot = table.pack(3, 4, 2, 3)
    table.apart(lot, 2, 3, 1, 2)
    assert table.on_hand() == [9, 9, 9]
    for sets, back, code in (
        (2, (2, 1, 1), "not_on_hand"),
        (1, (2, 0, 1), "not_on_hand"),
        (1, (1, 0, 1), "parts_differ"),
        (0, (0, 0, 0), "quantity_odd"),
    ):
        with pytest.raises(Refused) as caught:
            table.apart(lot, sets, *back)
        assert codes(caught) == {code}, (sets, back)
    table.apart(lot, 1, 1, 1, 1)
    with open_reading() as session:
        assert verify_books(session) == []
    assert table.on_hand() == [10, 10, 10]


@pytest.mark.parametrize(("sets", "pieces", "code"), [
    (1, (1, 0, 1), "parts_differ"), (1, (2, 0, 2), "parts_differ"), (6, (12, 0, 6), "not_on_hand"), (0, (0, 0, 0), "quantity_odd"),
])  # fmt: skip
def test_what_cant_be_packed(table: Table, sets: int, pieces: tuple[int, int, int], code: str) -> None:
    with pytest.raises(Refused) as caught:
        table.pack(sets, *pieces)
    assert codes(caught) == {code}
    assert table.on_hand() == [10, 10, 10]


def test_who_packs_what_and_where(table: Table) -> None:
    with pytest.raises(NotAllowed):
        table.pack(1, 2, 0, 1, by=CASHIER)
    with pytest.raises(Refused) as caught, unit_of_work() as session:
        make_sets(
            session,
            session.get_one(Product, table.candy.product_id),
            1,
            [],
            table.shelf,
            by=MANAGER,
            at=MORNING,
        )
    assert codes(caught) == {"no_set"}
    with unit_of_work() as session:
        other = session.scalars(select(Place.id).where(Place.zone == Zone.OTHER)).first()
    with pytest.raises(Refused) as caught:
        table.pack(1, 2, 0, 1, to=other)
    assert codes(caught) == {"wrong_zone"}


def test_a_recipe_is_read_kept_and_changed(table: Table) -> None:
    with unit_of_work() as session:
        kit = session.get_one(Product, table.kit.id)
        typed = format_recipe(session, kit.recipe)
        assert read_recipe(session, typed) == {p.part_id: p.quantity_milli for p in kit.recipe}
        for recipe, code in (
            ({}, "set_empty"),
            ({kit.id: ONE}, "set_in_set"),
            ({table.candy.product_id: 1500}, "quantity_odd"),
        ):
            with pytest.raises(Refused) as caught:
                save_product(session, kit, [], recipe=recipe, by=SYSTEM, at=MORNING)
            assert codes(caught) == {code}
        for text, code in (("SP99999 1", "product_not_found"), (f"{typed.split()[0]} nhiều", "quantity_odd")):
            with pytest.raises(Refused) as caught:
                read_recipe(session, text)
            assert codes(caught) == {code}
        save_product(session, kit, [], recipe={table.candy.product_id: 2 * ONE}, by=SYSTEM, at=MORNING)
        kit.goods_class = GoodsClass.OCOP
        save_product(session, kit, [], by=SYSTEM, at=MORNING)
        assert [(p.part_id, p.quantity_milli) for p in kit.recipe] == [(table.candy.product_id, 2 * ONE)]
    with open_reading() as session:
        assert verify_books(session) == []


@pytest.mark.parametrize("statement", [
    "UPDATE kit_lot_part SET quantity_milli = 9000", "DELETE FROM kit_lot_part", "UPDATE kit_lot_part SET part_lot_id = 2 WHERE part_lot_id = 1",
    "DELETE FROM stock_move WHERE kind = 'kit_part'", "UPDATE kit_part SET quantity_milli = 9000",
])  # fmt: skip
def test_a_touched_set_is_found(shop: Shop, statement: str) -> None:
    set_up().pack(1, 2, 0, 1)
    with open_reading() as session:
        assert verify_books(session) == []
    tamper(statement)
    with open_reading() as session:
        assert verify_books(session), statement


def test_by_the_pages(village: Shop) -> None:
    """A manager types a recipe, packs two, a buyer sees what is in the set, one is taken apart."""
    boss = village.client("manager")
    with open_reading() as session:
        lots = session.scalars(
            select(Lot).join(OnHand).join(Place, Place.id == OnHand.place_id)
            .where(Place.zone == Zone.OCOP, OnHand.quantity_milli >= 5 * ONE, Lot.product_id.in_((1, 2)))
        ).all()  # fmt: skip
        skus = [session.get_one(Product, id_).sku for id_ in (1, 2)]
        shelf = session.get_one(Product, 1).shelf_place_id
    typed = {"name_vi": "Set thử", "producer_id": "1", "group_code": "sets", "goods_class": "ocop", "kind": "kit", "unit": "piece",
             "vat_category": "standard", "net_content_unit": "g", "shelf_place_id": str(shelf)}  # fmt: skip
    assert "Set gồm những gì?" in boss.post("/products/new", data=typed).text
    made = boss.post("/products/new", data=typed | {"recipe": "\n".join(f"{sku} 1" for sku in skus)})
    kit = int(made.location.rsplit("/", 1)[1])
    boss.post(f"/products/{kit}/price", data={"price_vnd": "120000", "starts": f"{TODAY:%d/%m/%Y}"})
    first = {lot.product_id: lot for lot in reversed(lots)}
    parts = {f"part-{first[id_].id}-{shelf}": "2" for id_ in (1, 2)}
    page = boss.get(f"/products/{kit}/sets?sets=2").text
    assert all(name in page for name in parts)
    short = boss.post(
        f"/products/{kit}/sets", data={"sets": "2", "to_id": str(shelf), **dict.fromkeys(parts, "1")}
    )
    assert "các set cần 2, đang chọn 1" in short.text
    done = boss.post(f"/products/{kit}/sets", data={"sets": "2", "to_id": str(shelf), **parts})
    assert done.status_code == 302
    lot_id = int(done.location.rsplit("/", 1)[1])
    assert "Trong các set của lô này" in boss.get(f"/lots/{lot_id}").text
    with open_reading() as session:
        code = session.get_one(Lot, lot_id).trace_code
    assert first[1].number in village.app.test_client().get(f"/t/{code}").text
    boss.post(f"/lots/{first[1].id}/stop", data={"reason": "thử"})
    assert "Thu hồi" in village.app.test_client().get(f"/t/{code}").text
    back = {f"back-{first[id_].id}": "1" for id_ in (1, 2)}
    store = {"sets": "1", "place_id": str(shelf)}
    assert "dừng bán" in boss.post(f"/lots/{lot_id}/apart", data={**store, "to_id": str(shelf), **back}).text
    with open_reading() as session:
        quarantine = session.scalars(select(Place.id).where(Place.zone == Zone.QUARANTINE)).first()
    assert (
        boss.post(f"/lots/{lot_id}/apart", data={**store, "to_id": str(quarantine), **back}).status_code
        == 302
    )
    with open_reading() as session:
        assert verify_books(session) == []
