"""A new PIN is shown to whoever made it until they say it is written down, and stands in no cookie; a till left alone is locked by the server."""

import base64
import re
import zlib
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from pos.identity.models import Person, SignIn
from pos.identity.new_pins import NewPin, NewPins
from pos.kernel.database import open_reading
from pos.web.shown_secrets import SHOWN_WITHIN
from tests.conftest import MORNING, FixedClock, Shop

LOCK_AFTER = timedelta(minutes=10)
POLLS = ("/till/lines", "/till/devices", "/till/weight", "/till/display/Quầy 1")


def cookie_text(client: FlaskClient) -> str:
    """All that the browser holds, unpacked as anybody can."""
    cookie = client.get_cookie("ocop")
    assert cookie is not None
    packed = cookie.value.lstrip(".").split(".")[0]
    raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    return (zlib.decompress(raw) if cookie.value.startswith(".") else raw).decode()


def makers(shop: Shop) -> list[tuple[str, dict[str, str]]]:
    with open_reading() as session:
        helper = session.scalars(
            select(Person.id).where(Person.role == "cashier").order_by(Person.id.desc())
        ).first()
    return [
        ("/people/new", {"name": "Người mới", "role": "cashier"}), (f"/people/{helper}/pin", {}), ("/people/inspector", {}),
    ]  # fmt: skip


@pytest.mark.parametrize("n", range(3))
def test_a_new_pin_is_shown_until_it_is_written_down_and_stands_in_no_cookie(village: Shop, n: int) -> None:
    boss, other = village.client("manager"), village.client("manager")
    address, data = makers(village)[n]
    made = boss.post(address, data=data)
    assert made.status_code == 302
    held = cookie_text(boss)
    assert not re.search(
        r"\d{6}",
        held.replace(re.search(r'"csrf_token":"[^"]*"', held).group(0) if "csrf_token" in held else "", ""),
    ), held  # type: ignore[union-attr]
    assert not re.search(r"\b\d{6}\b", other.get("/people").text), (
        "another sign-in of the same person is told nothing"
    )
    shown = boss.get("/people").text
    assert len(re.findall(r"\b\d{6}\b", shown)) == 1
    assert boss.get("/people").text.count(re.search(r"\b\d{6}\b", shown).group()) == 1  # type: ignore[union-attr]
    login = re.search(r'name="login" value="([^"]+)"', shown).group(1)  # type: ignore[union-attr]
    boss.post("/people/pin-written-down", data={"login": login})
    assert not re.search(r"\b\d{6}\b", boss.get("/people").text)


def test_a_pin_that_nobody_wrote_down_is_gone_by_the_evening() -> None:
    clock = FixedClock(MORNING)
    waiting = NewPins(clock)
    waiting.keep("a", "co-tu", NewPin("Cô Tư", "co-tu", "111222"))
    clock.advance(seconds=SHOWN_WITHIN - 1)
    waiting.keep("a", "chu-nam", NewPin("Chú Năm", "chu-nam", "333444"))
    waiting.keep("b", "co-tu", NewPin("Cô Tư", "co-tu", "555666"))
    assert [each.pin for each in waiting.list_waiting("a")] == ["111222", "333444"]
    clock.advance(seconds=2)
    assert [each.pin for each in waiting.list_waiting("a")] == ["333444"]
    waiting.move_secrets("a", "c")
    assert waiting.list_waiting("a") == []
    assert [each.pin for each in waiting.list_waiting("c")] == ["333444"]
    waiting.acknowledge_secret("c", "co-tu")  # another sign-in's
    assert [each.pin for each in waiting.list_waiting("b")] == ["555666"]


def test_a_refused_act_tells_no_pin(village: Shop) -> None:
    boss = village.client("manager")
    for data in (
        {"name": "", "role": "cashier"},
        {"name": "Quản lý mẫu", "role": "cashier", "login": "quan-ly-mau"},
    ):
        assert boss.post("/people/new", data=data).status_code == 200
    assert not re.search(r"\b\d{6}\b", boss.get("/people").text)


def is_locked(client: FlaskClient) -> bool:
    return "/sign-in" in client.get("/till").headers.get("Location", "")


def test_a_till_left_alone_is_locked_by_the_server(village: Shop) -> None:
    """However the page in the browser was stopped from saying so; what pages ask for by themselves is nobody's act."""
    till = village.client("cashier")
    till.post("/till/shift/open", data={"float": "500000"})
    for _ in range(10):
        village.clock.advance(minutes=1, seconds=5)
        for poll in POLLS:
            till.get(poll)
    assert is_locked(till)
    assert till.post("/till/extra/1").status_code in {200, 302}
    with open_reading() as session:
        assert any(row.locked for row in session.scalars(select(SignIn)))


def test_whoever_works_on_is_not_locked(village: Shop) -> None:
    till = village.client("cashier")
    till.post("/till/shift/open", data={"float": "500000"})
    for _ in range(5):
        village.clock.advance(minutes=9)
        assert till.get("/till/search?q=che").status_code == 200
    assert not is_locked(till)


def test_setting_the_clock_locks_nobody(village: Shop) -> None:
    """An hour forth by hand, and a year back: between two acts the monotonic clock counts."""
    till = village.client("cashier")
    till.post("/till/shift/open", data={"float": "500000"})
    village.clock.at += timedelta(hours=1)
    assert not is_locked(till)
