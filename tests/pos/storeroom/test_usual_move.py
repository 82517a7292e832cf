"""The form of a move begins where the lot lies and ends on its product's shelf; where that leaves a guess, it is asked."""

import re

from sqlalchemy import select

from pos.catalog.models import Product
from pos.kernel.database import unit_of_work
from pos.kernel.quantity import ONE
from pos.stock.models import Lot, OnHand, Place, Zone
from pos.storeroom.move import find_usual_move, move_stock
from tests.conftest import MANAGER, MORNING, Shop


def chosen(page: str, box: str) -> str:
    """The value that a select of a page begins with."""
    (box_text,) = re.findall(rf'<select[^>]*name="{box}".*?</select>', page, re.DOTALL)
    found = re.findall(r'<option[^>]*selected[^>]*value="([^"]*)"', box_text)
    return found[0] if found else ""


def test_a_move_begins_where_the_lot_lies_and_ends_on_its_shelf(village: Shop) -> None:
    manager = village.client("manager")
    with unit_of_work() as session:
        lot, shelf = session.execute(
            select(Lot, OnHand.place_id).join(OnHand, OnHand.lot_id == Lot.id).where(Lot.id == 30, OnHand.quantity_milli > 0)
        ).one()  # fmt: skip
        session.get_one(Product, lot.product_id).shelf_place_id = shelf
        room = Place(code="KHO-9", name="Kho sau", zone=Zone.STORE.value)
        session.add(room)
        session.flush()
        room_id = room.id
        assert find_usual_move(session, lot) == (shelf, None)  # it lies on its shelf: nothing to guess
    page = manager.get("/lots/30/move").text
    assert (chosen(page, "place_id"), chosen(page, "to_id")) == (str(shelf), "")
    with unit_of_work() as session:
        lot = session.get_one(Lot, 30)
        move_stock(session, lot, shelf, room_id, ONE, by=MANAGER, at=MORNING)
        session.flush()
        assert find_usual_move(session, lot) == (room_id, shelf)  # off the floor first
    page = manager.get("/lots/30/move").text
    assert (chosen(page, "place_id"), chosen(page, "to_id")) == (str(room_id), str(shelf))
    asked = manager.get(f"/lots/30/move?place={shelf}").text
    assert chosen(asked, "place_id") == str(shelf)
    empty = manager.post("/lots/30/move", data={"place_id": str(shelf), "to_id": "", "quantity_milli": "1"})
    assert "Cần điền ô này." in empty.text
