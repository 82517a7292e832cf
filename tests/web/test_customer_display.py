"""The buyer's screen: opened by its key alone, shows one station's buyer what is theirs, and can do nothing."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from pos.catalog.models import Product
from pos.catalog.products import get_product
from pos.kernel.actor import Actor, Approval, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.lan.door import DOOR, PUBLIC_DOOR
from pos.payments.accounts import TypedAccount, save_account
from pos.payments.models import PaymentCode
from pos.sales.basket import add_goods, get_open_basket, set_language
from pos.sales.pay import pay_basket
from pos.sales.transfers import take_transfer
from pos.station.customer_display import find_display, make_display_key
from pos.till import display_views
from pos.till.buyer_screen import THANKED_FOR, BuyerScreen, ScreenKind, read_buyer_screen, read_fingerprint
from tests.builders import an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop
from tests.pos.sales.test_refund import goods_at
from tests.pos.sales.transfer_steps import a_code, a_signal, pay_code, receive_all

OTHER_STATION = "Quầy 2"
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.44"}


def a_key(station: str = STATION) -> str:
    with unit_of_work() as session:
        return make_display_key(session, station, by=MANAGER, at=MORNING).key


def now_at(client: FlaskClient, key: str, fingerprint: str = "") -> TestResponse:
    return client.get(f"/display/{key}/now", query_string={"seen": fingerprint}, environ_overrides=ELSEWHERE)


def screen_at(
    session: Session, station: str = STATION, at: datetime = MORNING, *, shows_code: bool = True
) -> BuyerScreen:
    return read_buyer_screen(session, station, at, shows_code=shows_code)


# ── who sees it


def test_a_stranger_with_the_key_sees_it_and_without_finds_nothing(village: Shop) -> None:
    stranger, key = village.app.test_client(), a_key()
    page = stranger.get(f"/display/{key}", environ_overrides=ELSEWHERE)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers
    assert now_at(stranger, key).headers["Cache-Control"] == "no-store"
    for wrong in ("x", key[:-1], key + "a", "ắ"):
        assert now_at(stranger, wrong).status_code == 404
        assert stranger.get(f"/display/{wrong}", environ_overrides=ELSEWHERE).status_code == 404
    assert stranger.post(f"/display/{key}").status_code == 405
    assert stranger.post(f"/display/{key}/now").status_code == 405


def test_the_public_door_has_no_such_page(village: Shop) -> None:
    key = a_key()
    for address in (f"/display/{key}", f"/display/{key}/now"):
        assert (
            village.app.test_client().get(address, environ_overrides={DOOR: PUBLIC_DOOR}).status_code == 404
        )


def test_a_new_address_ends_the_old_one_at_once(village: Shop) -> None:
    manager = village.client("manager")
    page = manager.get(f"/devices/customer-display/{STATION}")
    assert "Tạo địa chỉ" in page.text
    manager.post("/devices/customer-display", data={"station": STATION})
    with open_reading() as session:
        first = find_display(session, STATION)
    assert first is not None
    assert f"/display/{first.key}" in manager.get(f"/devices/customer-display/{STATION}").text
    assert now_at(village.app.test_client(), first.key).status_code == 200
    manager.post("/devices/customer-display", data={"station": STATION})
    assert now_at(village.app.test_client(), first.key).status_code == 404
    journal = manager.get("/journal").text
    assert "địa chỉ mới cho màn hình khách của Quầy 1" in journal
    assert first.key not in journal


def test_a_station_that_is_no_more_has_no_screen(village: Shop) -> None:
    assert now_at(village.app.test_client(), a_key("Quầy 9")).status_code == 404
    assert village.client("manager").get("/devices/customer-display/Quầy 9").status_code == 404
    assert village.client("cashier").get(f"/devices/customer-display/{STATION}").status_code == 403


def test_who_guesses_is_not_looked_at_and_the_others_are(village: Shop) -> None:
    key, stranger = a_key(), village.app.test_client()
    statuses = [now_at(stranger, f"guess{n}").status_code for n in range(70)]
    assert statuses[:60] == [404] * 60
    assert set(statuses[60:]) == {429}
    assert now_at(stranger, key).status_code == 429
    assert stranger.get(f"/display/{key}/now").status_code == 200, "another address"
    village.clock.advance(minutes=1, seconds=1)
    assert now_at(stranger, key).status_code == 200


def test_the_second_window_of_a_locked_till_goes_on(village: Shop) -> None:
    key, cashier = a_key(), village.client("cashier")
    cashier.post("/lock")
    assert cashier.get("/till").status_code == 302
    assert cashier.get(f"/display/{key}").status_code == 200
    assert cashier.get(f"/display/{key}/now").status_code == 200


def test_looking_at_it_keeps_no_till_awake(village: Shop) -> None:
    key, cashier = a_key(), village.client("cashier")
    cashier.get("/till")
    for _ in range(30):
        village.clock.advance(minutes=1)
        cashier.get(f"/display/{key}/now")
    assert cashier.get("/till").status_code == 302


def test_it_answers_nothing_while_nothing_changes(village: Shop) -> None:
    key, stranger, cashier = a_key(), village.app.test_client(), village.client("cashier")
    first = now_at(stranger, key)
    assert "Quầy đóng" in first.text
    known = first.headers["X-Fingerprint"]
    assert now_at(stranger, key, known).status_code == 204
    cashier.post("/till/shift/open", data={"float": "500000"})
    answer = now_at(stranger, key, known)
    assert answer.status_code == 200
    assert "Điểm OCOP Mông Phụ" in answer.text
    cashier.post("/till/scan", data={"code": next(iter(village.village.codes.values()))})
    basket = now_at(stranger, key, answer.headers["X-Fingerprint"])
    assert basket.status_code == 200
    assert now_at(stranger, key, basket.headers["X-Fingerprint"]).status_code == 204


def test_while_nothing_is_written_at_its_till_nothing_is_read(
    village: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also for the address: a new one ends the old one at once all the same."""
    key, stranger, cashier = a_key(), village.app.test_client(), village.client("cashier")
    known = now_at(stranger, key).headers["X-Fingerprint"]
    read: list[str] = []
    monkeypatch.setattr(
        display_views,
        "read_fingerprint",
        lambda *facts, **more: read.append(facts[1]) or read_fingerprint(*facts, **more),
    )
    assert [now_at(stranger, key, known).status_code for _ in range(5)] == [204] * 5
    assert read == []
    assert now_at(stranger, key, "another").status_code == 200
    public = {DOOR: PUBLIC_DOOR}
    asked = stranger.get(f"/display/{key}/now", query_string={"seen": known}, environ_overrides=public)
    assert asked.status_code == 404
    village.clock.advance(seconds=5)
    assert now_at(stranger, key, known).status_code == 204
    assert len(read) == 2, "it looks anew after a few seconds"
    cashier.post("/till/shift/open", data={"float": "500000"})
    assert now_at(stranger, key, known).status_code == 200
    known = now_at(stranger, key).headers["X-Fingerprint"]
    assert now_at(stranger, key, known).status_code == 204
    a_key()
    assert now_at(stranger, key, known).status_code == 404


def test_it_names_nobody_and_shows_one_station_alone(village: Shop) -> None:
    key, other, cashier = a_key(), a_key(OTHER_STATION), village.client("cashier")
    cashier.post("/till/shift/open", data={"float": "500000"})
    cashier.post("/till/scan", data={"code": next(iter(village.village.codes.values()))})
    with open_reading() as session:
        name = get_product(session, get_open_basket(session, STATION).lines[0].product_id or 0).name
    shown = now_at(village.app.test_client(), key).text
    assert name in shown
    assert name not in now_at(village.app.test_client(), other).text
    people = {told for _role, told, _login, _pin in village.village.pins if _role != "producer"}
    assert [each for each in people if each in shown] == []
    assert "<form" not in shown
    assert "<a " not in shown


def test_product_pictures_come_by_the_key_alone(village: Shop) -> None:
    key, stranger = a_key(), village.app.test_client()
    with open_reading() as session:
        pictured = session.query(Product.id).filter(Product.picture_id.is_not(None)).first()
        plain = session.query(Product.id).filter(Product.picture_id.is_(None)).first()
    if pictured is not None:
        answer = stranger.get(f"/display/{key}/picture/{pictured[0]}.jpg")
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert stranger.get(f"/display/{key}x/picture/{pictured[0]}.jpg").status_code == 404
    if plain is not None:
        assert stranger.get(f"/display/{key}/picture/{plain[0]}.jpg").status_code == 404
    assert stranger.get(f"/display/{key}/picture/99999.jpg").status_code == 404


# ── what it shows


def test_closed_then_idle_then_goods_then_thanks_then_idle(any_shop: Shop) -> None:
    with unit_of_work() as session:
        assert screen_at(session).kind is ScreenKind.CLOSED
        (product,) = goods_at(session, (45_000, "piece"))
        an_open_shift(session)
        assert screen_at(session).kind is ScreenKind.IDLE
        basket = add_goods(session, STATION, product.id, 2 * ONE, at=MORNING)
        shown = screen_at(session)
        assert (shown.kind, shown.basket and shown.basket.due_vnd) == (ScreenKind.BASKET, 90_000)
        assert screen_at(session, OTHER_STATION).kind is ScreenKind.CLOSED
        pay_basket(session, basket.id, basket.version, 100_000, station=STATION, by=CASHIER, at=MORNING)
        thanks = screen_at(session)
        assert (thanks.kind, thanks.total_vnd, thanks.change_vnd) == (ScreenKind.THANKS, 90_000, 10_000)
        assert screen_at(session, at=MORNING + THANKED_FOR).kind is ScreenKind.IDLE
        add_goods(session, STATION, product.id, ONE, at=MORNING)
        assert screen_at(session).kind is ScreenKind.BASKET, "the next buyer is there already"


def test_the_code_short_and_received(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session)
        shown = screen_at(session)
        assert shown.kind is ScreenKind.CODE
        assert shown.code is not None
        assert (shown.code.holder, "<svg" in shown.code.picture) == ("HO KINH DOANH MAU", True)
        assert screen_at(session, shows_code=False).kind is ScreenKind.BASKET, "the till shows another panel"
        signal = a_signal(25_000, f"CT {code.purpose}")
        for transfer in receive_all(session, signal).transfers:
            take_transfer(session, transfer, at=MORNING)
        short = screen_at(session)
        assert short.kind is ScreenKind.SHORT
        assert short.code is not None
        assert (short.code.state.missing_vnd, short.code.picture) == (20_000, "")
        pay_code(session, code, 20_000)
        assert screen_at(session).kind is ScreenKind.THANKS


def test_a_code_of_a_basket_that_changed_is_not_shown(shop: Shop) -> None:
    with unit_of_work() as session:
        a_code(session)
        basket = get_open_basket(session, STATION)
        add_goods(session, STATION, basket.lines[0].product_id or 0, ONE, at=MORNING)
        assert screen_at(session).kind is ScreenKind.BASKET


def test_a_basket_that_waits_aside_is_no_affair_of_the_next_buyers(village: Shop) -> None:
    key, stranger, cashier = a_key(), village.app.test_client(), village.client("cashier")
    with unit_of_work() as session:
        other = Actor(2, "Người thứ hai", Role.MANAGER, STATION)
        account = TypedAccount("970422", "19001234567890", "HO KINH DOANH MAU")
        save_account(session, None, account, by=MANAGER, at=MORNING, approval=Approval(other, "", MORNING))
    cashier.post("/till/shift/open", data={"float": "500000"})
    cashier.post("/till/scan", data={"code": list(village.village.codes.values())[15]})
    cashier.post("/till/transfer")
    shown = now_at(stranger, key)
    assert "<svg xmlns" in shown.text
    assert "HO KINH DOANH MAU" in shown.text
    cashier.get("/till/panel/cash")
    assert "<svg xmlns" not in now_at(stranger, key).text, (
        "whoever pays in cash must not pay the code as well"
    )
    cashier.post("/till/transfer")
    with open_reading() as session:
        code = session.query(PaymentCode).one()
    cashier.post(f"/till/transfer/{code.id}/wait")
    assert code.purpose not in now_at(stranger, key).text
    with unit_of_work() as session:
        sale = pay_code(session, code)
    assert sale is not None
    answer = now_at(stranger, key).text
    assert "Cảm ơn" not in answer
    assert "greeting" in answer


def test_a_buyer_who_reads_english_reads_it(village: Shop) -> None:
    key, stranger, cashier = a_key(), village.app.test_client(), village.client("cashier")
    cashier.post("/till/shift/open", data={"float": "500000"})
    cashier.post("/till/scan", data={"code": list(village.village.codes.values())[15]})
    assert "Cần trả" in now_at(stranger, key).text
    cashier.post("/till/language")
    assert "To pay" in now_at(stranger, key).text


def test_each_change_of_the_screen_changes_its_fingerprint(any_shop: Shop) -> None:
    """Walk a sale: whenever two moments look different, their fingerprints differ."""
    shown: dict[str, str] = {}

    def look(session: Session, at: datetime = MORNING, *, shows_code: bool = True) -> None:
        session.flush()
        screen = read_buyer_screen(session, STATION, at, shows_code=shows_code)
        lines = [(view.n, view.amount_vnd) for view in screen.basket.lines] if screen.basket else []
        code = (screen.code.state.fingerprint, screen.code.picture) if screen.code else ()
        looks = repr((screen.kind, screen.language, lines, code, screen.total_vnd, screen.change_vnd))
        fingerprint = read_fingerprint(session, STATION, at, shows_code=shows_code)
        assert shown.setdefault(fingerprint, looks) == looks

    with unit_of_work() as session:
        look(session)
        code = a_code(session, pieces=2)
        look(session)
        look(session, shows_code=False)
        set_language(get_open_basket(session, STATION), "en", MORNING)
        look(session)
        code.link_text = "00020101021238570010A000000727"
        look(session)
        pay_code(session, code, 10_000)
        look(session)
        code.waits_for = "refused"
        look(session)
        code.waits_for = ""
        pay_code(session, code, 80_000)
        look(session)
        look(session, MORNING + THANKED_FOR)
        look(session, MORNING + timedelta(hours=1))
    assert len(shown) >= 8
