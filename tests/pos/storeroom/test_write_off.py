"""Goods that leave unsold, on SQLite and PostgreSQL: with a witness, borne by whom the terms say."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from pos.demo.build import TOLD_PINS
from pos.identity.people import add_person
from pos.kernel.actor import Approval, Role
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.stock.lots import place_hold
from pos.stock.models import LEAVING, Lot, MoveKind, OnHand
from pos.storeroom.models import WriteOff
from pos.storeroom.write_off import list_ending_lots, write_off
from tests.builders import a_delivery, a_maker, a_product
from tests.conftest import CASHIER, MANAGER, MORNING, TODAY, Shop

WITNESS = Approval(CASHIER, "thấy", MORNING)


def a_lot_on_the_shelf(session, **more):  # noqa: ANN001, ANN003, ANN201
    maker = a_maker(session)
    product = a_product(session, maker)
    return product, a_delivery(session, maker, product, **more)


@pytest.mark.parametrize(("kind", "borne_by"), [
    (MoveKind.WRITTEN_OFF, "producer"), (MoveKind.DESTROYED, "producer"), (MoveKind.TO_PRODUCER, "producer"), (MoveKind.TASTED, "shop"),
])  # fmt: skip
def test_each_way_out_is_borne_as_agreed(any_shop: Shop, kind: MoveKind, borne_by: str) -> None:
    with unit_of_work() as session:
        add_person(session, "Người khác", Role.CASHIER, by=MANAGER, at=MORNING)
        product, lot = a_lot_on_the_shelf(session)
        witness = Approval(CASHIER.__class__(7, "Thu ngân", Role.CASHIER), "", MORNING)
        row = write_off(session, lot, product.shelf_place_id or 0, 3 * ONE, kind, reason="ẩm", photo=None, approval=witness,
                        by=MANAGER, at=MORNING)  # fmt: skip
        assert (row.number, row.borne_by, row.witness) == (1, borne_by, "Thu ngân")
        assert session.scalars(select(OnHand.quantity_milli)).all() == [7 * ONE]
    with open_reading() as session:
        assert verify_books(session) == []


def test_what_may_not_be_sold_may_still_go(shop: Shop) -> None:
    with unit_of_work() as session:
        product, lot = a_lot_on_the_shelf(session)
        place_hold(session, lot_id=lot.id, reason="phồng", by=MANAGER, at=MORNING)
        lot.expires_on = TODAY - timedelta(days=1)
        write_off(session, lot, product.shelf_place_id or 0, 10 * ONE, MoveKind.DESTROYED, reason="thu hồi", photo=None,
                  approval=WITNESS, by=MANAGER, at=MORNING)  # fmt: skip
        assert session.scalars(select(OnHand.quantity_milli)).all() == [0]


@pytest.mark.parametrize(
    ("quantity", "reason", "code"),
    [
        (11 * ONE, "x", "not_on_hand"),
        (1500, "x", "quantity_odd"),
        (ONE, " ", "reason_missing"),
        (0, "x", "quantity_odd"),
    ],
)
def test_nothing_goes_that_isnt_there_or_has_no_reason(
    shop: Shop, quantity: int, reason: str, code: str
) -> None:
    with unit_of_work() as session:
        product, lot = a_lot_on_the_shelf(session)
        with pytest.raises(Refused, match=code):
            write_off(session, lot, product.shelf_place_id or 0, quantity, MoveKind.WRITTEN_OFF, reason=reason, photo=None,
                      approval=WITNESS, by=MANAGER, at=MORNING)  # fmt: skip


def test_nobody_writes_off_alone_while_others_are_there(shop: Shop) -> None:
    with unit_of_work() as session:
        add_person(session, "Người khác", Role.CASHIER, by=MANAGER, at=MORNING)
        product, lot = a_lot_on_the_shelf(session)
        arguments = (session, lot, product.shelf_place_id or 0, ONE, MoveKind.WRITTEN_OFF)
        with pytest.raises(Refused, match="second_person_needed"):
            write_off(
                *arguments,
                reason="x",
                photo=None,
                approval=Approval(MANAGER, "", MORNING),
                by=MANAGER,
                at=MORNING,
            )
        with pytest.raises(NotAllowed, match="manager_needed"):
            write_off(*arguments, reason="x", photo=None, approval=WITNESS, by=CASHIER, at=MORNING)
        with pytest.raises(ValueError, match="sold"):
            write_off(
                session,
                lot,
                1,
                ONE,
                MoveKind.SOLD,
                reason="x",
                photo=None,
                approval=WITNESS,
                by=MANAGER,
                at=MORNING,
            )


@pytest.mark.parametrize("statement", [
    "UPDATE write_off SET quantity_milli = 1000", "DELETE FROM write_off",
    "INSERT INTO stock_move VALUES (9999, 1, 1, 'written_off', -1000, 'write_off:7', '2026-11-24 02:00:00')",
])  # fmt: skip
def test_a_touched_write_off_is_found(shop: Shop, statement: str) -> None:
    with unit_of_work() as session:
        product, lot = a_lot_on_the_shelf(session)
        write_off(session, lot, product.shelf_place_id or 0, 2 * ONE, MoveKind.WRITTEN_OFF, reason="x", photo=None, approval=WITNESS,
                  by=MANAGER, at=MORNING)  # fmt: skip
    with db.engine.begin() as connection:
        for trigger in ("write_off_no_update", "write_off_no_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        connection.exec_driver_sql(statement)
    with open_reading() as session:
        assert [
            finding
            for finding in verify_books(session)
            if finding.check in {"written off", "seal"} and finding.row != "trigger"
        ]


def test_lots_stand_in_the_order_they_end(village: Shop) -> None:
    with open_reading() as session:
        rows = list_ending_lots(session, TODAY, timedelta(days=30))
        days = [lot.expires_on for lot, *_rest in rows]
        assert days == sorted(days)
        assert days[0] < TODAY
        assert max(days) <= TODAY + timedelta(days=30)


def test_an_ended_lot_is_written_off_by_the_page_and_its_producer_sees_it(village: Shop) -> None:
    boss = village.client("manager")
    with open_reading() as session:
        lot, product, place, quantity = list_ending_lots(session, TODAY, timedelta(days=0))[0]
    assert f"/lots/{lot.id}/write-off?place={place.id}" in boss.get("/ends").text
    asked = boss.get(f"/lots/{lot.id}/write-off?place={place.id}").text
    assert f"<h1>{product.name}, lô {lot.number} không bán nữa</h1>" in asked
    assert '<option value="thu-ngan-1">Thu ngân 1</option>' in asked, "who saw it is chosen by name"
    assert '<option value="quan-ly-mau">' not in asked, "nobody signs for themselves where others can"
    photo = BytesIO()
    Image.new("RGB", (80, 60), "green").save(photo, "PNG")
    photo.seek(0)
    form = {"place_id": str(place.id), "kind": "written_off", "quantity_milli": "3", "reason": "hết hạn", "login": "thu-ngan-1",
            "pin": TOLD_PINS["cashier"], "photo": (photo, "anh.png"), "once": "w1"}  # fmt: skip
    wrong = form | {"pin": "000001", "photo": (BytesIO(photo.getvalue()), "a.png")}
    assert (
        boss.post(f"/lots/{lot.id}/write-off", data=wrong, content_type="multipart/form-data").status_code
        == 200
    )
    again = form | {"photo": (BytesIO(photo.getvalue()), "a.png")}
    assert (
        boss.post(f"/lots/{lot.id}/write-off", data=form, content_type="multipart/form-data").location
        == "/ends"
    )
    assert (
        boss.post(f"/lots/{lot.id}/write-off", data=again, content_type="multipart/form-data").location
        == "/ends"
    )
    with open_reading() as session:
        row = session.scalars(select(WriteOff)).one()  # a double click is done once
        assert (row.witness, row.file_id is not None) == ("Thu ngân 1", True)
        assert verify_books(session) == []
        maker = session.get_one(Lot, lot.id).producer_id
        login = next(
            (
                login
                for role, name, login, _ in village.village.pins
                if role == "producer" and name.endswith(f"{maker:02}")
            ),
            None,
        )
    if login:
        assert "hủy" in village.client("producer", login=login).get("/mine/losses").text.lower()
    assert "hết hạn" in boss.get("/ends").text
    assert {kind.value for kind in LEAVING} == {"written_off", "destroyed", "to_producer", "tasted"}
    assert quantity
    assert product
