"""A clock that is behind the books: people come in, a manager settles it, and the shop goes on."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from hardware.slips.slip import Slip, Text
from pos.catalog.models import Barcode, Product
from pos.config import Care
from pos.demo.build import TOLD_PINS
from pos.identity.models import Person, SignIn
from pos.identity.people import add_inspector, add_person, reset_pin
from pos.identity.second_person import is_settled
from pos.journal.models import JournalRow
from pos.journal.record import CLOCK_CONFIRMED, record
from pos.kernel.actor import Role
from pos.kernel.clock import business_day
from pos.kernel.database import db, open_reading, unit_of_work
from pos.maintenance.backup import check_books, unpack_backup
from pos.maintenance.care import NightlyCare, backup_name, prune_backups
from pos.maintenance.verify import verify_books
from pos.printing import queue as printing
from pos.sales.allocate import list_held_elsewhere
from pos.sales.basket import add_goods, find_open_basket, park_basket
from pos.sales.models import Basket, Sale
from tests.builders import a_delivery, a_maker, a_product, check_pin
from tests.conftest import MANAGER, MORNING, STATION, TODAY, Shop

NAME = "Chè lam gừng 250 g"
BEHIND = [timedelta(minutes=3), timedelta(hours=5), timedelta(days=30), timedelta(days=366)]


def login_of(shop: Shop, role: str) -> str:
    assert shop.village
    return next(login for role_, _name, login, _pin in shop.village.pins if role_ == role)


def code(shop: Shop, name: str = NAME) -> str:
    assert shop.village
    return shop.village.codes[name]


def sign_in(shop: Shop, role: str, pin: str = "", client: FlaskClient | None = None):  # noqa: ANN201
    client = client or shop.app.test_client()
    data = {"login": login_of(shop, role), "pin": pin or TOLD_PINS[role], "station": STATION}
    return client, client.post("/sign-in", data=data)


def sell(client: FlaskClient, shop: Shop, key: str, name: str = NAME) -> str:
    """What the till says to a scan and its payment; nothing where the scan put nothing on."""
    client.post("/till/scan", data={"code": code(shop, name), "once": key})
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
    if basket is None:
        return ""
    paid = {"basket_id": basket.id, "version": basket.version, "given": "100000", "sure": "1"}
    return client.post("/till/pay", data=paid).text


def count(kind: str) -> int:
    with open_reading() as session:
        return (
            session.scalar(select(func.count()).select_from(JournalRow).where(JournalRow.kind == kind)) or 0
        )


def books_reach(shop: Shop, ahead: timedelta) -> None:
    """The books were written while the clock was that much ahead; now it is right."""
    shop.clock.at += ahead
    client, answer = sign_in(shop, "cashier")
    assert answer.status_code == 302
    client.post("/till/shift/open", data={"float": "500000"})
    with unit_of_work() as session:
        record(session, "note", by=MANAGER, at=shop.clock.now())
    shop.clock.at -= ahead


@pytest.mark.parametrize("ahead", BEHIND)
def test_whoever_signs_in_comes_in_and_is_led_to_the_clock(village: Shop, ahead: timedelta) -> None:
    books_reach(village, ahead)
    manager, answer = sign_in(village, "manager")
    assert (answer.status_code, answer.location) == (302, "/journal/clock")
    assert "Xác nhận" in manager.get("/journal/clock").text
    cashier, answer = sign_in(village, "cashier")
    assert (answer.status_code, answer.location) == (302, "/journal/clock")
    page = cashier.get("/journal/clock").text
    assert "Hãy gọi quản lý" in page
    assert "<button" not in page.split("<main")[1]
    assert cashier.post("/journal/clock").status_code == 403, "and even that refusal is written down"
    assert 'data-panel="done"' not in sell(cashier, village, "k")
    assert cashier.post("/lock").status_code == 302
    assert cashier.post("/sign-out").status_code == 302
    assert manager.post("/journal/clock").status_code == 302
    assert "khớp nhau" in manager.get("/journal/clock").text
    _client, answer = sign_in(village, "manager")
    assert answer.location == "/today"


@pytest.mark.parametrize("ahead", BEHIND)
def test_wrong_pins_are_counted_and_lock_in_any_time(village: Shop, ahead: timedelta) -> None:
    books_reach(village, ahead)
    client, before = village.app.test_client(), count("pin_wrong")
    for _n in range(5):
        assert sign_in(village, "manager", "000001", client)[1].status_code == 422
    assert count("pin_wrong") == before + 5
    assert sign_in(village, "manager", client=client)[1].status_code == 422, "shut"
    village.clock.advance(seconds=31)
    assert sign_in(village, "manager", client=client)[1].status_code == 302


def test_sign_ins_and_wrong_pins_confirm_no_date(village: Shop) -> None:
    """What is written in any time moves the books' own time neither back nor forth."""
    books_reach(village, timedelta(days=366))
    cashier, _answer = sign_in(village, "cashier")
    sign_in(village, "manager", "000001")
    assert 'data-panel="done"' not in sell(cashier, village, "k1")
    with open_reading() as session:
        assert session.scalars(select(Sale.at).order_by(Sale.number.desc()).limit(1)).one() < MORNING
    village.clock.at += timedelta(days=800)
    sign_in(village, "cashier")
    village.clock.at -= timedelta(days=400)
    _client, answer = sign_in(village, "cashier")
    assert answer.location == "/till", "a sign-in a year further on holds nobody up"


def test_a_shop_recovers_from_a_clock_that_was_nearly_a_year_ahead(village: Shop) -> None:
    """Goods were sold there, the clock is set right: sign in, confirm, sell; the books are clean and in order."""
    ahead, name = timedelta(days=340), "Mứt để lâu"
    with unit_of_work() as session:
        maker = a_maker(session, "Hộ để lâu")
        product = a_product(session, maker, 865, name=name)  # its certificate is among the longest
        a_delivery(session, maker, product, ends=business_day(MORNING + timedelta(days=500)))
        village.village.codes[name] = session.scalars(  # type: ignore[union-attr]
            select(Barcode.gtin).where(Barcode.product_id == product.id)
        ).one()
    village.clock.at += ahead
    then, _answer = sign_in(village, "cashier")
    then.post("/till/shift/open", data={"float": "500000"})
    assert 'data-panel="done"' in sell(then, village, "k1", name)
    village.clock.at -= ahead
    assert then.get("/till").status_code == 302, "a sign-in of that time is none"
    early, answer = sign_in(village, "cashier")
    assert answer.location == "/journal/clock"
    assert 'data-panel="done"' not in sell(early, village, "k2", name)
    manager, answer = sign_in(village, "manager")
    assert answer.location == "/journal/clock"
    assert manager.post("/journal/clock").status_code == 302
    cashier, answer = sign_in(village, "cashier")
    assert answer.location == "/till"
    for key in ("k3", "k4"):
        village.clock.advance(minutes=1)
        assert 'data-panel="done"' in sell(cashier, village, key, name)
    with open_reading() as session:
        assert verify_books(session) == []
        days = session.scalars(select(Sale.business_day).order_by(Sale.number.desc()).limit(3)).all()
    assert days == [TODAY, TODAY, TODAY + ahead]
    assert count(CLOCK_CONFIRMED) == 1


@pytest.mark.parametrize("role", ["cashier", "manager", "producer", "viewer"])
@pytest.mark.parametrize("ahead", [timedelta(minutes=10), timedelta(days=1), timedelta(days=365)])
def test_no_sign_in_lives_until_the_day_that_it_was_made_on(
    village: Shop, role: str, ahead: timedelta
) -> None:
    village.clock.at += ahead
    client, answer = sign_in(village, role)
    assert answer.status_code == 302
    assert client.get("/my-pin").status_code == 200
    village.clock.at -= ahead
    assert client.get("/my-pin").status_code == 302
    with open_reading() as session:
        assert session.scalars(select(SignIn)).all(), "and it is still told apart from one that never was"


def test_an_inspectors_day_under_a_wrong_clock_is_no_year(shop: Shop) -> None:
    with unit_of_work() as session:
        person, pin = add_inspector(session, by=MANAGER, at=MORNING + timedelta(days=365))
        assert check_pin(session, person.login, pin, at=MORNING + timedelta(days=365, hours=1)) is person
        assert check_pin(session, person.login, pin, at=MORNING) is None
        assert check_pin(session, person.login, pin, at=MORNING + timedelta(days=300)) is None
    with unit_of_work() as session:
        record(session, CLOCK_CONFIRMED, by=MANAGER, at=MORNING)
        again = session.get_one(Person, person.id)
        new = reset_pin(session, again, by=MANAGER, at=MORNING)
        assert check_pin(session, person.login, new, at=MORNING) is again


def test_a_basket_of_a_wrong_clock_holds_no_goods(village: Shop) -> None:
    with unit_of_work() as session:
        product_id = session.scalars(
            select(Product.id).where(Product.name_vi == "Chè lam gừng", Product.pack == "250 g")
        ).one()
        basket = add_goods(session, "Quầy 2", product_id, 1000, at=MORNING)
        park_basket(session, basket, "chờ", by=MANAGER, at=MORNING)
        assert list_held_elsewhere(session, product_id, STATION, MORNING)
        session.get_one(Basket, basket.id).changed_at = MORNING + timedelta(days=365)
        session.flush()
        assert not list_held_elsewhere(session, product_id, STATION, MORNING)


@pytest.mark.long
def test_care_goes_on_after_a_clock_that_was_ahead(village: Shop, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    care = NightlyCare(db.engine, village.folder, stick, Care(daily=2, weekly=0, monthly=0), village.clock)
    village.clock.at += timedelta(days=365)
    for _night in range(4):
        assert "backup" in care.look()
        village.clock.at += timedelta(days=1)
    village.clock.at = MORNING
    assert care.look() == ["backup", "books"], "the last one of a day to come is no last one"
    assert backup_name(MORNING) in {path.name for path in stick.iterdir()}, "and pushes today's not out"
    assert care.look() == []
    village.clock.advance(days=1)
    assert care.look() == ["backup"]
    village.clock.advance(days=1)
    assert care.look() == ["backup"]
    mine = sorted(
        path.name for path in stick.iterdir() if path.name < backup_name(MORNING + timedelta(days=30))
    )
    assert len(mine) == 2, "generations are let go as ever"
    unpack_backup(stick / mine[-1], tmp_path / "new")
    assert check_books(tmp_path / "new") == []


def test_a_failed_backup_of_a_day_to_come_is_tried_again(village: Shop, tmp_path: Path) -> None:
    blocked = tmp_path / "stick"
    blocked.write_text("no folder")
    care = NightlyCare(db.engine, village.folder, blocked, Care(), village.clock)
    village.clock.at += timedelta(days=365)
    assert care.look() == ["books"]
    village.clock.at = MORNING
    blocked.unlink()
    assert care.look() == ["backup", "books"]


def test_old_generations_of_the_future_stay_until_their_day(tmp_path: Path) -> None:
    made = [MORNING + timedelta(days=day) for day in (-3, -2, -1, 0, 400, 401)]
    for at in made:
        (tmp_path / backup_name(at)).write_bytes(b"x")
    gone, stuck = prune_backups(tmp_path, Care(daily=2, weekly=0, monthly=0), at=MORNING)
    assert (gone, stuck) == ([backup_name(made[0]), backup_name(made[1])], [])
    prune_backups(tmp_path, Care(daily=2, weekly=0, monthly=0), at=MORNING + timedelta(days=402))
    assert {path.name for path in tmp_path.iterdir()} == {backup_name(at) for at in made[-2:]}


def test_a_slip_of_a_wrong_clock_holds_the_printer_up_no_year(shop: Shop) -> None:
    with unit_of_work() as session:
        job = printing.queue_print(
            session, "Máy in quầy", "1", "x:1", Slip((Text("a"),)), at=MORNING + timedelta(days=365)
        )
        assert printing.find_next_job(session, "Máy in quầy", at=MORNING) is job
        printing.begin_job(job, at=MORNING)
        printing.finish_or_retry(job, printing.PrintOutcome("paper_out"), at=MORNING)
        assert printing.find_next_job(session, "Máy in quầy", at=MORNING) is None, (
            "its own pauses are still kept"
        )


def test_an_account_of_a_wrong_clock_is_settled_a_week_after_the_date_was_confirmed(shop: Shop) -> None:
    with unit_of_work() as session:
        person, _pin = add_person(session, "Mới", Role.CASHIER, by=MANAGER, at=MORNING + timedelta(days=365))
        record(session, CLOCK_CONFIRMED, by=MANAGER, at=MORNING)
        assert not is_settled(session, person.id, MORNING + timedelta(days=6))
        assert is_settled(session, person.id, MORNING + timedelta(days=7))
