"""What has ended is written off in one go: 165 lots with one witness, each with its quantity and who bears it."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from pos.catalog.models import Product
from pos.journal.record import record
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.stock.lots import place_hold, save_lot
from pos.stock.models import Lot, MoveKind, OnHand, Place
from pos.stock.moves import StockStep, post_moves
from pos.storeroom.expired import count_expired, list_expired_stock
from pos.storeroom.models import WriteOff
from tests.builders import a_maker, a_product
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.web.test_papers_desk import a_photo

WITNESS = {"login": "thu-ngan-1", "pin": "135792"}


def ended_lots(shop: Shop, count: int, *, ends_ago: int = 1) -> list[str]:
    """So many lots of ten pieces on the OCOP shelf that ended; their rows' keys."""
    with unit_of_work() as session:
        product = a_product(session, a_maker(session, "Hộ hết hạn mẫu"), 950, name="Bánh hết hạn")
        place = session.scalars(select(Place).where(Place.code == "OCOP")).one()
        lots = [
            Lot(
                product_id=product.id,
                number=f"H{n}",
                producer_id=product.producer_id,
                made_on=TODAY - timedelta(days=60),
                expires_on=TODAY - timedelta(days=ends_ago),
                delivery_note="PG-H",
            )
            for n in range(count)
        ]
        for lot in lots:
            save_lot(session, lot, by=MANAGER, at=MORNING)
        steps = [StockStep(lot.id, place.id, MoveKind.OPENING, 10 * ONE, f"opening:{lot.id}") for lot in lots]
        record(session, "opening_stock", by=MANAGER, at=MORNING, sealed=post_moves(session, steps, MORNING))
        return [f"{lot.id}-{place.id}" for lot in lots]


@pytest.fixture
def boss(village: Shop) -> FlaskClient:
    return village.client("manager")


def form_of(keys: list[str], quantity: str = "10", **more: str) -> dict[str, object]:
    quantities = {f"quantity-{key}": quantity for key in keys}
    return {"row": keys, "kind": "written_off", "reason": "quá hạn", **quantities, **WITNESS, **more}


def left_of(keys: list[str]) -> list[int]:
    with open_reading() as session:
        return [
            session.get_one(OnHand, tuple(map(int, key.split("-")))).quantity_milli // ONE for key in keys
        ]


def count_write_offs() -> int:
    with open_reading() as session:
        return session.scalar(select(func.count()).select_from(WriteOff)) or 0


def test_a_hundred_and_sixty_five_lots_in_one_go(village: Shop, boss: FlaskClient) -> None:
    keys, before = ended_lots(village, 165), count_write_offs()
    page = boss.get("/ends/write-off").text
    assert all(re.search(rf'value="{key}" checked', page) for key in keys)
    assert all(f'name="quantity-{key}"' in page for key in keys)
    done = boss.post("/ends/write-off", data=form_of(keys))
    assert done.status_code == 302
    assert set(left_of(keys)) == {0}
    assert count_write_offs() == before + 165
    with open_reading() as session:
        rows = session.scalars(select(WriteOff).order_by(WriteOff.number.desc()).limit(165)).all()
        assert {(row.borne_by, row.kind, row.reason) for row in rows} == {("shop", "written_off", "quá hạn")}
        assert verify_books(session) == []


def test_what_is_not_ticked_and_what_ends_today_stays(village: Shop, boss: FlaskClient) -> None:
    keys, today = ended_lots(village, 3), None
    with unit_of_work() as session:
        lot = session.get_one(Lot, int(keys[2].split("-")[0]))
        lot.expires_on = TODAY
        save_lot(session, lot, by=MANAGER, at=MORNING)
        today = keys[2]
    assert f'value="{today}"' not in boss.get("/ends/write-off").text
    boss.post("/ends/write-off", data=form_of(keys[:1]) | {"row": [keys[0], today]})
    assert left_of(keys) == [0, 10, 10]


def test_a_stopped_lot_is_not_ticked_by_itself(village: Shop, boss: FlaskClient) -> None:
    keys = ended_lots(village, 2)
    with unit_of_work() as session:
        place_hold(session, lot_id=int(keys[0].split("-")[0]), reason="thu hồi thử", by=MANAGER, at=MORNING)
    page = boss.get("/ends/write-off").text
    assert re.search(rf'value="{keys[0]}" aria', page)
    assert re.search(rf'value="{keys[1]}" checked', page)
    assert "thu hồi thử" in page


@pytest.mark.parametrize("odd", ["", "0", "mười", "-1", "0,5", "1e9"])
def test_an_odd_quantity_is_said_at_its_row_and_nothing_is_written(
    village: Shop, boss: FlaskClient, odd: str
) -> None:
    keys = ended_lots(village, 2)
    page = boss.post(
        "/ends/write-off", data=form_of(keys) | {f"quantity-{keys[0]}": odd, "reason": "lý do gõ dở"}
    )
    assert page.status_code == 200
    assert f'id="{keys[0]}-no"' in page.text
    assert f'value="{odd}"' in page.text
    assert "lý do gõ dở" in page.text
    assert left_of(keys) == [10, 10]


def test_a_row_that_was_sold_meanwhile_stops_no_other(village: Shop, boss: FlaskClient) -> None:
    keys = ended_lots(village, 45)
    page = boss.post("/ends/write-off", data=form_of(keys) | {f"quantity-{keys[21]}": "11"})
    assert page.status_code == 200
    assert f'id="{keys[21]}-no"' in page.text
    assert [key for key, left in zip(keys, left_of(keys), strict=True) if left] == [keys[21]]
    once = re.search(r'name="once"[^>]*value="([^"]+)"', page.text)
    assert once
    again = boss.post("/ends/write-off", data=form_of([keys[21]]) | {"once": once.group(1)})
    assert again.status_code == 302
    assert set(left_of(keys)) == {0}


def test_a_double_click_is_one_act(village: Shop, boss: FlaskClient) -> None:
    keys, before = ended_lots(village, 2), count_write_offs()
    sent = form_of(keys, "3", once="einmal-abc")
    assert [boss.post("/ends/write-off", data=sent).status_code for _ in range(2)] == [302, 302]
    assert left_of(keys) == [7, 7]
    assert count_write_offs() == before + 2


@pytest.mark.parametrize(
    "witness",
    [
        {"login": "", "pin": ""},
        {"login": "quan-ly-mau", "pin": "246813"},
        {"login": "thu-ngan-1", "pin": "000000"},
    ],
)
def test_nobody_writes_off_alone(village: Shop, boss: FlaskClient, witness: dict[str, str]) -> None:
    keys = ended_lots(village, 2)
    assert boss.post("/ends/write-off", data=form_of(keys) | witness).status_code == 200
    assert left_of(keys) == [10, 10]


def test_a_photo_of_the_group_is_kept_with_each_row(village: Shop, boss: FlaskClient) -> None:
    keys = ended_lots(village, 2)
    with open_reading() as session:
        group = session.get_one(
            Product, session.get_one(Lot, int(keys[0].split("-")[0])).product_id
        ).group_code
    photo = {f"photo-{group}": (BytesIO(a_photo()), "rác.jpg")}
    boss.post("/ends/write-off", data=form_of(keys) | photo)
    with open_reading() as session:
        rows = session.scalars(select(WriteOff).order_by(WriteOff.number.desc()).limit(2)).all()
        assert len({row.file_id for row in rows} - {None}) == 1


def test_the_list_is_what_lies_here_and_ended(village: Shop) -> None:
    ended_lots(village, 4)
    with open_reading() as session:
        rows = session.execute(
            select(OnHand, Lot).join(Lot).where(OnHand.quantity_milli > 0, Lot.expires_on < TODAY)
        ).all()
        assert count_expired(list_expired_stock(session, TODAY)) == len(rows)


def test_a_refused_witness_spends_no_key(village: Shop, boss: FlaskClient) -> None:
    keys = ended_lots(village, 2)
    sent = form_of(keys, once="schlüssel-1")
    assert (
        boss.post("/ends/write-off", data=sent | {"login": "quan-ly-mau", "pin": "246813"}).status_code == 200
    )
    assert left_of(keys) == [10, 10]
    assert boss.post("/ends/write-off", data=sent).status_code == 302
    assert left_of(keys) == [0, 0]
