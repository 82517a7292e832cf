"""Where a phone reaches the shop: the public address, the door that stands open, or the reason why none is."""

from collections.abc import Callable

import msgspec
import pytest
from flask.testing import FlaskClient

from pos.config import Lan, Public
from pos.lan import phone_address
from pos.lan.phone_address import NETWORK_ADDRESS, PhoneFault, find_phone_address, find_phone_fault
from tests.conftest import Shop


@pytest.fixture
def set_up(village: Shop, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The shop with these settings, its LAN door at this address; "" for none open."""

    def change(*, base_url: str = "", lan: bool = False, door: str = "") -> None:
        config = village.app.extensions["ocop_config"]
        changed = msgspec.structs.replace(config, public=Public(base_url=base_url), lan=Lan(enabled=lan))
        monkeypatch.setitem(village.app.extensions, "ocop_config", changed)
        monkeypatch.setitem(village.app.extensions, NETWORK_ADDRESS, door)

    return change


def test_a_door_opened_by_lan_is_where_phones_come_in_by_its_own_port(
    village: Shop, set_up: Callable[..., None]
) -> None:
    set_up(door="https://192.168.1.20:8444")
    with village.app.test_request_context(base_url="http://127.0.0.1:8000"):
        assert find_phone_address("/x") == "https://192.168.1.20:8444/x"
        assert find_phone_fault() is None


def test_the_reason_is_named_where_no_phone_comes_in(
    village: Shop, set_up: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_address, "list_own_addresses", lambda: ["127.0.0.1"])
    for settings, fault in (
        ({}, PhoneFault.CLOSED),
        ({"lan": True}, PhoneFault.NO_NETWORK),
        ({"door": "https://127.0.0.1:8443"}, PhoneFault.NO_NETWORK),
        ({"base_url": "http://127.0.0.1:8080"}, PhoneFault.OWN_COMPUTER),
        ({"base_url": "https://[::1]:8080/shop"}, PhoneFault.OWN_COMPUTER),
        ({"base_url": "https://shop.example"}, None),
    ):
        set_up(**settings)
        with village.app.test_request_context(base_url="http://localhost:8000"):
            assert find_phone_fault() is fault


def test_no_invitation_waits_for_a_phone_that_cannot_come(
    village: Shop, set_up: Callable[..., None], manager: FlaskClient
) -> None:
    set_up()
    manager.post("/producers/1/invitations")
    page = manager.get("/producers/1/people").text
    assert "--lan" in page
    assert "Lời mời đang chờ" not in page
    assert '<strong class="figure">' not in page
