"""Wrong PINs: each door counts its own, so that strangers lock nobody out; all together they get few tries a day."""

import threading
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from pos.demo.build import TOLD_PINS
from pos.identity import pins
from pos.identity.guesses import ALL_STRANGERS, COLLEAGUE, RULES, STRANGER, GuessCounters
from pos.identity.models import Person
from pos.journal.models import JournalRow
from pos.kernel.clock import FixedClock
from pos.kernel.database import db, open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.sales.basket import find_open_basket
from pos.shifts.drawer import find_open_shift
from tests.conftest import MORNING, STATION, Shop, app_over

WRONG = "000001"


def login_of(shop: Shop, role: str) -> str:
    assert shop.village
    return next(login for role_, _name, login, _pin in shop.village.pins if role_ == role)


def sign_in(client: FlaskClient, login: str, pin: str, address: str = "192.168.1.77") -> int:
    data = {"login": login, "pin": pin, "station": STATION}
    return client.post("/sign-in", data=data, environ_base={"REMOTE_ADDR": address}).status_code


def strangers_try(shop: Shop, login: str, tries: int, pin: str = WRONG) -> None:
    """Each from a browser and an address of its own, through hours."""
    for n in range(tries):
        assert sign_in(shop.app.test_client(), login, pin, f"10.0.{n // 200}.{n % 200 + 1}") == 422


def wrong_rows(kind: str = "pin_wrong") -> int:
    with open_reading() as session:
        return (
            session.scalar(select(func.count()).select_from(JournalRow).where(JournalRow.kind == kind)) or 0
        )


@pytest.mark.parametrize("role", ["cashier", "manager", "producer"])
def test_strangers_never_shut_a_known_device(village: Shop, role: str) -> None:
    known, login = village.client(role), login_of(village, role)
    known.post("/sign-out")
    strangers_try(village, login, 40)
    assert sign_in(village.app.test_client(), login, TOLD_PINS[role]) == 422, (
        "strangers have used up their tries"
    )
    assert sign_in(known, login, TOLD_PINS[role]) == 302
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_colleagues_till_lets_the_manager_in_whatever_strangers_do(village: Shop) -> None:
    till, manager = village.client("cashier"), login_of(village, "manager")
    strangers_try(village, manager, 40)
    till.post("/lock")
    assert sign_in(till, manager, TOLD_PINS["manager"]) == 302


def test_an_approval_at_a_till_is_shut_by_no_stranger(village: Shop) -> None:
    till, manager = village.client("cashier"), login_of(village, "manager")
    till.post("/till/shift/open", data={"float": "500000"})
    strangers_try(village, manager, 40)
    word = {"login": manager, "pin": TOLD_PINS["manager"], "reason": "Đổi tiền"}
    assert till.post("/till/drawer", data=word).status_code == 200
    with open_reading() as session:
        opened = session.scalars(select(JournalRow).where(JournalRow.kind == "drawer_opened")).all()
        assert find_open_shift(session, STATION) is not None
    assert len(opened) == 1


def test_who_guesses_at_approvals_shuts_their_own_till_alone(village: Shop) -> None:
    manager = login_of(village, "manager")
    guessing, other = village.client("cashier"), village.client("manager")
    guessing.post("/till/shift/open", data={"float": "500000"})
    for _n in range(6):
        wrong = guessing.post("/till/drawer", data={"login": manager, "pin": WRONG, "reason": "x"})
        assert wrong.status_code == 403
    right = {"login": manager, "pin": TOLD_PINS["manager"], "reason": "x"}
    assert guessing.post("/till/drawer", data=right).status_code == 403
    other.post("/sign-out")
    assert sign_in(other, manager, TOLD_PINS["manager"]) == 302
    assert sign_in(village.app.test_client(), manager, TOLD_PINS["manager"]) == 302


def test_one_address_shuts_itself_and_no_other(village: Shop) -> None:
    login = login_of(village, "producer")
    for _n in range(12):
        assert sign_in(village.app.test_client(), login, WRONG, "203.0.113.5") == 422
    assert sign_in(village.app.test_client(), login, TOLD_PINS["producer"], "203.0.113.5") == 422
    assert sign_in(village.app.test_client(), login, TOLD_PINS["producer"], "203.0.113.6") == 302


def test_one_address_does_not_try_one_pin_on_everybody(village: Shop) -> None:
    rule = RULES["address"]
    for n in range(rule.free + 1):
        assert sign_in(village.app.test_client(), f"ai-do-{n}", WRONG, "203.0.113.5") == 422
    assert (
        sign_in(village.app.test_client(), login_of(village, "cashier"), TOLD_PINS["cashier"], "203.0.113.5")
        == 422
    )


@pytest.mark.parametrize("addresses", [1, 7, 500])
def test_all_strangers_together_get_few_tries_a_day(village: Shop, addresses: int) -> None:
    """Whatever their patience: one try each four minutes through a day. What isn't counted isn't looked at either."""
    login, most = login_of(village, "manager"), RULES[ALL_STRANGERS].most
    for n in range(360):
        sign_in(village.app.test_client(), login, WRONG, f"10.1.{n % addresses // 250}.{n % addresses % 250}")
        village.clock.advance(minutes=4)
    told_wrong = wrong_rows()
    assert told_wrong == (RULES[STRANGER].most if addresses == 1 else most)
    village.clock.advance(hours=24)
    assert sign_in(village.app.test_client(), login, TOLD_PINS["manager"]) == 302


def test_a_cleared_browser_gives_a_colleague_no_new_tries(village: Shop) -> None:
    cashier, manager = login_of(village, "cashier"), login_of(village, "manager")
    for _n in range(30):
        anew = village.app.test_client()
        assert sign_in(anew, cashier, TOLD_PINS["cashier"]) == 302
        anew.post("/lock")
        assert sign_in(anew, manager, WRONG) == 422
        village.clock.advance(minutes=16)
    assert wrong_rows() == RULES[COLLEAGUE].most


def test_many_at_once_are_no_more_tries() -> None:
    book, passed = GuessCounters(FixedClock(MORNING)), []
    start = threading.Barrier(24)

    def guess() -> None:
        start.wait()
        passed.append(book.begin([(COLLEAGUE, "quan-ly", "7")]))

    threads = [threading.Thread(target=guess) for _n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert passed.count(True) == 5


def test_a_restart_gives_strangers_no_new_tries(village: Shop) -> None:
    login = login_of(village, "manager")
    strangers_try(village, login, 40)
    before = wrong_rows()
    restarted = app_over(village.folder, village.clock)
    with restarted.app_context():
        again = Shop(restarted, village.clock, village.folder, village.village)
        strangers_try(again, login, 10)
        assert wrong_rows() == before
        db.engine.dispose()


@pytest.mark.parametrize("by", [timedelta(days=-400), timedelta(days=400), timedelta(hours=1)])
def test_setting_the_clock_opens_no_door_and_keeps_none_shut(village: Shop, by: timedelta) -> None:
    known, login = village.client("cashier"), login_of(village, "cashier")
    for _n in range(5):
        assert sign_in(known, login, WRONG) == 422
    village.clock.at += by
    assert sign_in(known, login, TOLD_PINS["cashier"]) == 422, "still shut"
    village.clock.advance(seconds=31)
    assert sign_in(known, login, TOLD_PINS["cashier"]) == 302


def test_a_new_pin_begins_anew(village: Shop) -> None:
    manager, login = village.client("manager"), login_of(village, "producer")
    strangers_try(village, login, 40)
    with open_reading() as session:
        person_id = session.scalars(select(Person.id).where(Person.login == login)).one()
    page = manager.post(f"/people/{person_id}/pin", follow_redirects=True).text
    new = page.split('<strong class="figure">')[1].split("<")[0]
    assert sign_in(village.app.test_client(), login, new) == 302


@pytest.mark.parametrize("cookie", ["", "x", "eyJpZCI6ICJ4In0.AAAA", "W10.kJ0"])
def test_a_made_up_device_is_a_stranger(village: Shop, cookie: str) -> None:
    login = login_of(village, "manager")
    strangers_try(village, login, 40)
    client = village.app.test_client()
    client.set_cookie("ocop_device", cookie)
    assert sign_in(client, login, TOLD_PINS["manager"]) == 422


def test_a_device_of_who_was_let_go_is_a_strangers(village: Shop) -> None:
    till, manager = village.client("cashier"), login_of(village, "manager")
    strangers_try(village, manager, 40)
    with unit_of_work() as session:
        session.scalars(
            select(Person).where(Person.login == login_of(village, "cashier"))
        ).one().active = False
    assert sign_in(till, manager, TOLD_PINS["manager"]) == 422


@pytest.mark.parametrize("address", ["/sign-in", "/my-pin"])
def test_no_answer_holds_the_pin_that_was_typed(village: Shop, address: str) -> None:
    client = village.client("manager")
    answer = client.post(
        address,
        data={
            "login": login_of(village, "manager"),
            "pin": "918273",
            "old": "918273",
            "new": "1",
            "again": "2",
        },
    )
    assert "918273" not in answer.text


def test_known_unknown_shut_and_left_names_answer_alike(
    village: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words and in work: for each of them the slow hash is reckoned just once."""
    real, reckoned = pins.hasher, []

    class Counting:
        hash = staticmethod(real.hash)

        @staticmethod
        def verify(kept: str, pin: str) -> bool:
            reckoned.append(kept)
            return real.verify(kept, pin)

    pins.is_right_pin(None, WRONG)  # the hash that stands for nobody's is made once
    shut = login_of(village, "producer")
    strangers_try(village, shut, 12)
    monkeypatch.setattr(pins, "hasher", Counting())
    output = {}
    for name in (login_of(village, "cashier"), "khong-co-ai", shut, ""):
        reckoned.clear()
        data = {"login": name or "x" * 5000, "pin": WRONG}
        where = {"REMOTE_ADDR": f"10.9.{len(output)}.1"}
        answer = village.app.test_client().post("/sign-in", data=data, environ_base=where)
        assert (answer.status_code, len(reckoned)) == (422, 1), name
        output[name] = answer.text.replace(f'value="{data["login"]}"', "")
    assert len(set(output.values())) == 1


def test_no_basket_waits_for_a_wrong_pins_hash(village: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Strangers' guesses must not stop the till: while a hash is reckoned, others write."""
    begun, go_on = threading.Event(), threading.Event()

    class Slow:
        @staticmethod
        def verify(_hash: str, _pin: str) -> bool:
            begun.set()
            assert go_on.wait(20)
            raise pins.VerifyMismatchError

        hash = staticmethod(pins.hasher.hash)

    monkeypatch.setattr(pins, "hasher", Slow())
    guess = threading.Thread(
        target=lambda: sign_in(village.app.test_client(), login_of(village, "manager"), WRONG)
    )
    guess.start()
    assert begun.wait(20)
    with unit_of_work() as session:  # would wait for the writer's turn
        assert find_open_basket(session, "Quầy 2") is None
    go_on.set()
    guess.join()
    assert wrong_rows() == 1


def test_who_stands_in_the_shop_is_told_how_long_a_pin_is_shut_and_strangers_are_not(village: Shop) -> None:
    till, manager = village.client("cashier"), login_of(village, "manager")
    till.post("/till/shift/open", data={"float": "500000"})
    word = {"login": manager, "pin": WRONG, "reason": "Đổi tiền"}
    for _try in range(RULES[COLLEAGUE].free):
        page = till.post("/till/drawer", data=word).text
        assert "Tên và mã PIN không khớp" in page or "phút nữa" not in page
    assert "còn 1 phút nữa" in till.post("/till/drawer", data=word).text
    right = till.post("/till/drawer", data=word | {"pin": TOLD_PINS["manager"]})
    assert right.status_code == 403, "nothing is looked at meanwhile"
    assert "còn 1 phút nữa" in right.text
    unknown = {"login": "khong-ai", "pin": WRONG, "reason": "Đổi tiền"}
    for _try in range(RULES[COLLEAGUE].free + 1):
        page = till.post("/till/drawer", data=unknown).text
    assert "còn 1 phút nữa" in page, "a name that nobody has is answered alike"
    for login in (manager, "khong-ai"):
        for _try in range(RULES[STRANGER].most + 2):
            page = village.app.test_client().post(
                "/sign-in", data={"login": login, "pin": WRONG, "station": STATION}, environ_base={"REMOTE_ADDR": "10.9.9.9"}
            ).text  # fmt: skip
            assert "phút nữa" not in page


def test_a_known_device_is_told_how_long_its_own_account_is_shut(village: Shop) -> None:
    known, login = village.client("cashier"), login_of(village, "cashier")
    known.post("/sign-out")
    for _try in range(9):
        page = known.post("/sign-in", data={"login": login, "pin": WRONG, "station": STATION}).text
    assert "phút nữa" in page


def test_a_cashiers_right_pin_where_a_manager_is_needed_is_told_so(village: Shop) -> None:
    till, cashier = village.client("cashier"), login_of(village, "cashier")
    till.post("/till/shift/open", data={"float": "500000"})
    word = {"login": cashier, "pin": TOLD_PINS["cashier"], "reason": "Đổi tiền"}
    answer = till.post("/till/drawer", data=word)
    assert answer.status_code == 403
    assert "không phải quản lý" in answer.text
    assert 'id="login-no"' in answer.text
    assert "không phải quản lý" not in till.post("/till/drawer", data=word | {"pin": WRONG}).text
    with open_reading() as session:
        assert not session.scalars(select(JournalRow).where(JournalRow.kind == "drawer_opened")).all()


def test_the_wait_of_a_day_full_of_wrong_tries_lasts_until_the_first_is_a_day_old() -> None:
    clock = FixedClock(MORNING)
    book = GuessCounters(clock)
    keys = [(COLLEAGUE, "quan-ly", "7")]
    assert book.find_wait(keys) == 0
    for _try in range(RULES[COLLEAGUE].most):
        clock.advance(minutes=20)
        assert book.begin(keys)
    wait = 86_400 - (RULES[COLLEAGUE].most - 1) * 20 * 60
    assert book.find_wait(keys) == wait
    clock.advance(seconds=wait + 1)
    assert book.find_wait(keys) == 0
    assert book.begin(keys)
