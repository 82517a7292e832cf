"""Everyone changes their own PIN."""

from pos.demo.build import TOLD_PINS
from tests.conftest import Shop


def test_everyone_changes_their_own_pin(village: Shop) -> None:
    client = village.client("producer")
    login = next(login for role, _, login, _ in village.village.pins if role == "producer")
    form = {"old": TOLD_PINS["producer"], "new": "739184", "again": "739184"}
    assert client.post("/my-pin", data=form | {"old": "000001"}).status_code == 200
    assert client.post("/my-pin", data=form | {"again": "739185"}).status_code == 200
    assert client.post("/my-pin", data=form | {"new": "111111", "again": "111111"}).status_code == 200
    assert client.post("/my-pin", data=form).location == "/mine"
    fresh = village.app.test_client()
    assert fresh.post("/sign-in", data={"login": login, "pin": TOLD_PINS["producer"]}).status_code == 422
    assert fresh.post("/sign-in", data={"login": login, "pin": "739184"}).status_code == 302
