"""Dates, origin and stars of goods that were on the floor: two people, or a day of waiting, and a week on the first page."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from pos.admission.change_paper import apply_due_changes
from pos.admission.models import Paper
from pos.admission.papers import CoveredProduct, save_paper
from pos.catalog.models import Product
from pos.config import Care
from pos.identity.models import FactChange, Person
from pos.identity.people import add_person, change_own_pin, reset_pin, set_active
from pos.kernel.actor import SYSTEM, Role
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.maintenance.care import NightlyCare
from pos.maintenance.verify import verify_books
from pos.producers.models import Producer
from pos.sales.basket import add_goods
from pos.sales.models import Basket, SaleLine
from pos.stock.models import Lot
from pos.storeroom.move import move_stock
from tests.builders import a_delivery, a_maker, a_product
from tests.conftest import MORNING, STATION, TODAY, Shop

LONG_AGO = MORNING - timedelta(days=20)
PINS = {"quan-ly": "480271", "phu-tay": "739182", "moi-vao": "604915"}


@pytest.fixture
def boss(shop: Shop) -> FlaskClient:
    """A manager, and a cashier who has been here for weeks; on the shelf a lot that ended yesterday."""
    with unit_of_work() as session:
        for login, role in (("quan-ly", Role.MANAGER), ("phu-tay", Role.CASHIER)):
            add_person(session, login, role, by=SYSTEM, at=LONG_AGO, login=login, pin=PINS[login])
    with unit_of_work() as session:
        maker = a_maker(session)
        product = a_product(session, maker)
        a_delivery(session, maker, product, lot="CU", ends=TODAY + timedelta(days=5))
        a_delivery(session, maker, product, lot="KHO", ends=TODAY + timedelta(days=5), at=MORNING)
    client = shop.app.test_client()
    assert (
        client.post(
            "/sign-in", data={"login": "quan-ly", "pin": PINS["quan-ly"], "station": STATION}
        ).status_code
        == 302
    )
    return client


def lot(number: str = "CU") -> Lot:
    with open_reading() as session:
        return session.scalars(select(Lot).where(Lot.number == number)).one()


def edit(client: FlaskClient, number: str = "CU", **more: str) -> Any:
    known = lot(number)
    form = {
        "producer_id": str(known.producer_id), "origin_place": known.origin_place, "made_on": f"{known.made_on:%d/%m/%Y}",
        "expires_on": f"{known.expires_on:%d/%m/%Y}", "delivery_note": known.delivery_note,
    }  # fmt: skip
    return client.post(f"/lots/{known.id}/edit", data=form | more)


def again(shop: Shop, client: FlaskClient, days: int) -> None:
    """So many days later, signed in anew."""
    shop.clock.advance(hours=24 * days)
    client.post("/sign-in", data={"login": "quan-ly", "pin": PINS["quan-ly"], "station": STATION})


LATER = f"{TODAY + timedelta(days=400):%d/%m/%Y}"
GUARDED = {
    "expires_on": LATER,
    "made_on": f"{TODAY - timedelta(days=1):%d/%m/%Y}",
    "origin_place": "nơi khác",
    "delivery_note": "PG-X",
}


@pytest.mark.parametrize("field", GUARDED)
def test_one_person_alone_changes_nothing_while_another_could_agree(boss: FlaskClient, field: str) -> None:
    before = lot().facts()
    page = edit(boss, **{field: GUARDED[field]})
    assert (page.status_code, 'id="login-no"' in page.text) == (200, True)
    assert GUARDED[field] in page.text, "what was typed is still there"
    assert edit(boss, **{field: GUARDED[field]}, login="quan-ly", pin=PINS["quan-ly"]).status_code == 200, (
        "oneself is no second"
    )
    assert edit(boss, **{field: GUARDED[field]}, login="phu-tay", pin="000000").status_code == 200
    assert lot().facts() == before
    done = edit(boss, **{field: GUARDED[field]}, login="phu-tay", pin=PINS["phu-tay"])
    assert done.status_code == 302
    assert lot().facts() != before
    today = boss.get("/today").text
    assert "phu-tay" in today
    assert "CU" in today
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_new_account_or_pin_is_no_second_person(shop: Shop, boss: FlaskClient) -> None:
    with unit_of_work() as session:
        add_person(
            session, "Mới vào", Role.CASHIER, by=SYSTEM, at=MORNING, login="moi-vao", pin=PINS["moi-vao"]
        )
        helper = session.scalars(select(Person).where(Person.login == "phu-tay")).one()
        reset_pin(session, helper, by=SYSTEM, at=MORNING, pin="518093")
    again(shop, boss, days=6)
    for login, pin in (("moi-vao", PINS["moi-vao"]), ("phu-tay", "518093")):
        page = edit(boss, expires_on=LATER, login=login, pin=pin)
        assert page.status_code == 200
        assert "chưa đầy một tuần" in page.text
    assert lot().expires_on == TODAY + timedelta(days=5)


def test_who_is_alone_waits_until_the_next_business_day(shop: Shop, boss: FlaskClient, tmp_path: Any) -> None:
    with unit_of_work() as session:
        set_active(
            session,
            session.scalars(select(Person).where(Person.login == "phu-tay")).one(),
            False,
            by=SYSTEM,
            at=MORNING,
        )
        add_person(
            session, "Mới vào", Role.CASHIER, by=SYSTEM, at=MORNING, login="moi-vao", pin=PINS["moi-vao"]
        )
    assert edit(boss, expires_on=LATER).status_code == 302
    assert lot().expires_on == TODAY + timedelta(days=5)
    assert "chờ đến" in boss.get("/today").text
    assert edit(boss, expires_on=LATER, origin_place="nơi khác").status_code == 200, "one at a time"
    care = NightlyCare(db.engine, shop.folder, tmp_path, Care(), shop.clock)
    assert "changes" not in care.look()
    shop.clock.advance(hours=14)
    assert lot().expires_on == TODAY + timedelta(days=5), "22:59 is still today"
    shop.clock.advance(hours=2)
    assert "changes" in care.look()
    assert lot().expires_on == TODAY + timedelta(days=400)
    with open_reading() as session:
        assert verify_books(session) == []
        assert [change.applied_at is not None for change in session.scalars(select(FactChange))] == [True]
    boss.post("/sign-in", data={"login": "quan-ly", "pin": PINS["quan-ly"], "station": STATION})
    assert "CU" in boss.get("/today").text
    again(shop, boss, days=8)
    assert "đã có hiệu lực" not in boss.get("/today").text, "a week is over"


def test_a_waiting_change_can_be_withdrawn_and_one_that_no_longer_fits_is(
    shop: Shop, boss: FlaskClient
) -> None:
    with unit_of_work() as session:
        set_active(
            session,
            session.scalars(select(Person).where(Person.login == "phu-tay")).one(),
            False,
            by=SYSTEM,
            at=MORNING,
        )
    edit(boss, expires_on=LATER)
    with open_reading() as session:
        (change,) = session.scalars(select(FactChange)).all()
    assert boss.post(f"/changes/{change.id}/withdraw").status_code == 302
    assert boss.post(f"/changes/{change.id}/withdraw").status_code == 409
    assert boss.post("/changes/99/withdraw").status_code == 404
    edit(boss, expires_on=LATER)
    with unit_of_work() as session:
        held = session.scalars(select(Lot).where(Lot.number == "CU")).one()
        held.expires_on = date(2027, 1, 1)
        apply_due_changes(session, MORNING + timedelta(days=1))
        assert held.expires_on == date(2027, 1, 1)
        assert all(item.withdrawn_at for item in session.scalars(select(FactChange)))


def test_what_never_was_on_a_shelf_is_one_persons_affair(boss: FlaskClient) -> None:
    from pos.stock.models import Place

    with unit_of_work() as session:
        store = session.scalars(select(Place).where(Place.zone == "store")).one()
        maker = a_maker(session, "Hộ kho")
        product = a_product(session, maker, 2)
        product.shelf_place_id = store.id
        a_delivery(session, maker, product, lot="TRONGKHO")
    assert edit(boss, "TRONGKHO", expires_on=LATER).status_code == 302
    assert lot("TRONGKHO").expires_on == TODAY + timedelta(days=400)


def test_out_of_the_shelf_and_back_is_no_way_round(boss: FlaskClient) -> None:
    from pos.stock.models import OnHand, Place

    with unit_of_work() as session:
        known = session.scalars(select(Lot).where(Lot.number == "CU")).one()
        here = session.scalars(select(OnHand).where(OnHand.lot_id == known.id)).one()
        store = session.scalars(select(Place).where(Place.zone == "store")).one()
        move_stock(session, known, here.place_id, store.id, here.quantity_milli, by=SYSTEM, at=MORNING)
    assert 'id="login-no"' in edit(boss, expires_on=LATER).text


def test_stars_and_ends_of_a_paper_likewise(boss: FlaskClient) -> None:
    with open_reading() as session:
        paper = session.scalars(select(Paper).where(Paper.kind == "recognition")).one()
        sku = session.execute(select(Paper)).first() and paper.covers[0].product_id
        code = f"SP{sku:05}"
    form = {"kind": "recognition", "number": paper.number, "issued": f"{paper.issued:%d/%m/%Y}", "starts": f"{paper.starts:%d/%m/%Y}",
            "ends": f"{paper.ends:%d/%m/%Y}", "producer_id": str(paper.producer_id), "products": f"{code} 4"}  # fmt: skip
    address = f"/papers/{paper.id}"
    assert boss.post(address, data=form | {"note": "chỉ ghi chú"}).status_code == 302, (
        "a remark is nobody else's affair"
    )
    for changed in ({"products": f"{code} 5"}, {"ends": f"{paper.ends - timedelta(days=9):%d/%m/%Y}"},
                    {"issued": f"{paper.issued + timedelta(days=1):%d/%m/%Y}"}):  # fmt: skip
        assert 'id="login-no"' in boss.post(address, data=form | changed).text
    with open_reading() as session:
        assert session.get_one(Paper, paper.id).covers[0].stars == 4
    assert (
        boss.post(
            address, data=form | {"products": f"{code} 5", "login": "phu-tay", "pin": PINS["phu-tay"]}
        ).status_code
        == 302
    )
    with open_reading() as session:
        assert session.get_one(Paper, paper.id).covers[0].stars == 5
        assert verify_books(session) == []


def test_an_expired_lot_stays_expired(shop: Shop, boss: FlaskClient) -> None:
    """The fault that was found: its end edited by one person, and the till sold it."""
    again(shop, boss, days=6)
    edit(boss, expires_on=LATER)
    edit(boss, "KHO", expires_on=LATER)
    from pos.kernel.errors import Refused

    with unit_of_work() as session, pytest.raises(Refused) as caught:
        add_goods(session, STATION, lot().product_id, ONE, at=shop.clock.now())
    assert "expired" in {reason.code for reason in caught.value.reasons}


def test_own_new_pin_makes_new_too(shop: Shop, boss: FlaskClient) -> None:
    with unit_of_work() as session:
        helper = session.scalars(select(Person).where(Person.login == "phu-tay")).one()
        change_own_pin(session, helper, "518093", by=helper.actor(), at=MORNING)
    again(shop, boss, days=7)
    assert edit(boss, expires_on=LATER, login="phu-tay", pin="518093").status_code == 302


def a_paper(number: str = "") -> Paper:
    with open_reading() as session:
        query = select(Paper).where(Paper.kind == "recognition")
        return session.scalars(query.where(Paper.number == number) if number else query).first()  # type: ignore[return-value]


def revoke(client: FlaskClient, paper: Paper, on: date, **more: str) -> Any:
    return client.post(
        f"/papers/{paper.id}/revoke", data={"on": f"{on:%d/%m/%Y}", "decision": "QĐ 9", **more}
    )


@pytest.mark.parametrize("days", [1, 40, 1500])
def test_a_withdrawal_is_moved_to_a_later_day_by_two_people_only(boss: FlaskClient, days: int) -> None:
    paper = a_paper()
    assert revoke(boss, paper, TODAY - timedelta(days=9)).status_code == 302
    revoke(boss, paper, TODAY + timedelta(days=days))
    assert a_paper(paper.number).revoked_on == TODAY - timedelta(days=9)
    revoke(boss, paper, TODAY + timedelta(days=days), login="quan-ly", pin=PINS["quan-ly"])
    assert a_paper(paper.number).revoked_on == TODAY - timedelta(days=9)
    assert revoke(boss, paper, TODAY - timedelta(days=20)).status_code == 302, "an earlier day stops goods"
    done = revoke(boss, paper, TODAY + timedelta(days=days), login="phu-tay", pin=PINS["phu-tay"])
    assert done.status_code == 302
    assert a_paper(paper.number).revoked_on == TODAY + timedelta(days=days)
    assert paper.number in boss.get("/today").text


@pytest.mark.parametrize("more", [{"products": ""}, {"products": "", "issued": f"{TODAY:%d/%m/%Y}"}])
def test_a_paper_of_unsold_goods_does_not_become_one_of_all_goods_alone(
    boss: FlaskClient, more: dict[str, str]
) -> None:
    """A paper that names no product is of all that its producer makes, what is on the floor too."""
    with unit_of_work() as session:
        maker = session.scalars(select(Producer)).one()
        unsold = a_product(session, maker, 2, name="Kẹo lạc")
        paper = Paper(
            kind="food_safety", number="N2", issued=TODAY - timedelta(days=900), producer_id=maker.id
        )
        save_paper(session, paper, [CoveredProduct(unsold.id)], by=SYSTEM, at=MORNING)
    form = {
        "kind": "food_safety",
        "number": "N2",
        "issued": f"{paper.issued:%d/%m/%Y}",
        "producer_id": str(maker.id),
    } | more
    page = boss.post(f"/papers/{paper.id}", data=form)
    assert "second" in page.text or "thứ hai" in page.text
    with open_reading() as session:
        known = session.get_one(Paper, paper.id)
        assert ([cover.product_id for cover in known.covers], known.issued) == (
            [unsold.id],
            TODAY - timedelta(days=900),
        )
    agreed = {"login": "phu-tay", "pin": PINS["phu-tay"]}
    assert boss.post(f"/papers/{paper.id}", data=form | agreed).status_code == 302
    with open_reading() as session:
        assert session.get_one(Paper, paper.id).covers == []


@pytest.mark.parametrize("write", [str, str.lower, lambda number: f" {number.replace('-', ' ')} "])
def test_a_paper_is_entered_once_however_its_number_is_written(boss: FlaskClient, write: Any) -> None:
    paper = a_paper()
    with open_reading() as session:
        product = session.get(Paper, paper.id).covers[0].product_id  # type: ignore[union-attr]
    form = {
        "kind": "recognition", "number": write(paper.number), "producer_id": str(paper.producer_id),
        "issued": f"{TODAY - timedelta(days=3):%d/%m/%Y}", "products": f"SP{product:05} 4",
    }  # fmt: skip
    page = boss.post("/papers/new", data=form)
    assert page.status_code == 200
    assert 'id="number-no"' in page.text
    assert boss.post("/papers/new", data=form | {"number": "9999/QĐ-KHÁC"}).status_code == 302
    assert "9999/QĐ-KHÁC" in boss.get("/today").text, "a new paper is looked at by others for a week"


@pytest.mark.parametrize(("field", "value"), [
    ("kind", "craft"), ("kind", "fresh_food"), ("goods_class", "cnnttb"), ("alcohol_permille", "5"), ("producer_id", "other"),
])  # fmt: skip
def test_what_the_gate_asks_of_goods_is_not_switched_off_alone(
    boss: FlaskClient, field: str, value: str
) -> None:
    with unit_of_work() as session:
        other = a_maker(session, "Nhà khác").id
    with open_reading() as session:
        product = session.scalars(select(Product)).first()
        assert product is not None
        before = product.facts()
        form = {
            name: str(getattr(product, name))
            for name in ("name_vi", "pack", "producer_id", "group_code", "goods_class", "kind", "unit", "vat_category")
        }  # fmt: skip
    wanted = form | {field: str(other) if value == "other" else value, "story_vi": "một truyện"}
    page = boss.post(f"/products/{product.id}/edit", data=wanted)
    assert (page.status_code, 'id="login-no"' in page.text, "một truyện" in page.text) == (200, True, True)
    with open_reading() as session:
        assert session.get_one(Product, product.id).facts() == before
    done = boss.post(
        f"/products/{product.id}/edit", data=wanted | {"login": "phu-tay", "pin": PINS["phu-tay"]}
    )
    assert done.status_code == 302
    with open_reading() as session:
        assert session.get_one(Product, product.id).facts() != before
        assert verify_books(session) == []
    assert boss.post(f"/products/{product.id}/edit", data=wanted | {"story_vi": "khác"}).status_code == 302


def test_a_change_of_a_product_waits_where_one_is_alone(shop: Shop, boss: FlaskClient) -> None:
    with unit_of_work() as session:
        helper = session.scalars(select(Person).where(Person.login == "phu-tay")).one()
        set_active(session, helper, False, by=SYSTEM, at=MORNING)
        product_id = session.scalars(select(Product.id)).first()
        product = session.get_one(Product, product_id)
        form = {
            name: str(getattr(product, name))
            for name in ("name_vi", "pack", "producer_id", "group_code", "goods_class", "unit", "vat_category")
        }  # fmt: skip
    edited = boss.post(f"/products/{product_id}/edit", data=form | {"kind": "craft", "storage": "nơi khô"})
    assert edited.status_code == 302
    with open_reading() as session:
        product = session.get_one(Product, product_id)
        assert (product.kind, product.storage) == ("packaged_food", "nơi khô"), (
            "what isn't judged changes now"
        )
    shop.clock.advance(hours=24)
    with unit_of_work() as session:
        assert len(apply_due_changes(session, shop.clock.now())) == 1
    with open_reading() as session:
        assert session.get_one(Product, product_id).kind == "craft"
        assert verify_books(session) == []


def test_a_change_that_was_planted_is_found_and_not_carried_out(shop: Shop, boss: FlaskClient) -> None:
    known = lot()
    with unit_of_work() as session:
        changes = f'{{"expires_on": ["{known.expires_on}", "{TODAY + timedelta(days=400)}"]}}'
        session.add(
            FactChange(subject=f"lot:{known.id}", name="CU", changes=changes, at=MORNING, by_id=1, by_name="Quản lý",
                       approved_by="", due_on=TODAY)
        )  # fmt: skip
    with open_reading() as session:
        assert [finding.check for finding in verify_books(session)] == ["version"]
    with unit_of_work() as session:
        assert apply_due_changes(session, shop.clock.now()) == []
    assert lot().facts() == known.facts()
    with open_reading() as session:
        assert [finding.check for finding in verify_books(session)] == ["version"], "nothing launders it"


def test_a_price_that_was_never_asked_is_found(shop: Shop, boss: FlaskClient) -> None:
    boss.post("/till/shift/open", data={"float": "0"})
    with unit_of_work() as session:
        product_id = session.scalars(select(Product.id)).first()
        assert product_id is not None
        basket = add_goods(session, STATION, product_id, 2 * ONE, at=shop.clock.now())
        basket.lines[0].shown_price_vnd = 100
    with unit_of_work() as session:
        basket_id, version = session.execute(select(Basket.id, Basket.version)).one()
    boss.post(
        "/till/pay",
        data={
            "basket_id": str(basket_id),
            "version": str(version),
            "given": "500000",
            "sure": "yes",
            "key": "k",
        },
    )
    with open_reading() as session:
        assert session.scalars(select(SaleLine.price_vnd)).all() == [100]
        assert [finding.check for finding in verify_books(session)] == ["price"]


def test_a_change_that_waits_is_on_the_lots_page_and_form_in_its_own_days(
    shop: Shop, boss: FlaskClient
) -> None:
    with unit_of_work() as session:
        helper = session.scalars(select(Person).where(Person.login == "phu-tay")).one()
        set_active(session, helper, False, by=SYSTEM, at=MORNING)
    known = lot()
    assert edit(boss, expires_on=LATER).status_code == 302
    for address in (f"/lots/{known.id}", f"/lots/{known.id}/edit", "/today"):
        page = boss.get(address).text
        assert f"{known.expires_on:%d/%m/%Y} → {LATER}" in page, address
        assert f"{known.expires_on:%Y-%m-%d}" not in page, address


def test_that_nobody_else_could_agree_is_a_warning(shop: Shop, boss: FlaskClient) -> None:
    with unit_of_work() as session:
        helper = session.scalars(select(Person).where(Person.login == "phu-tay")).one()
        set_active(session, helper, False, by=SYSTEM, at=MORNING)
    edit(boss, expires_on=LATER)
    assert re.search(
        r'class="notice look" role="status">.*?Không có ai khác có quyền đồng ý',
        boss.get(f"/lots/{lot().id}").text,
        re.DOTALL,
    )
