"""The buyer's side of the counter: for the shop's own screens, and driven by acts alone."""

import pytest

from pos.till import screen
from tests.conftest import STATION, Shop

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.44"}


def test_a_stranger_of_the_network_reads_no_basket(village: Shop) -> None:
    stranger = village.app.test_client()
    assert stranger.get(f"/till/display/{STATION}", environ_overrides=ELSEWHERE).status_code == 302
    assert stranger.get(f"/till/display/{STATION}").status_code == 200, "the shop's own computer"
    cashier = village.client("cashier")
    assert cashier.get(f"/till/display/{STATION}", environ_overrides=ELSEWHERE).status_code == 200
    cashier.post("/sign-out")
    assert cashier.get(f"/till/display/{STATION}", environ_overrides=ELSEWHERE).status_code == 200, (
        "a browser that somebody of the shop has used"
    )


def test_looking_at_the_till_says_nothing_to_the_buyer(
    village: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(screen, "_show_buyer", lambda station, *_: shown.append(station))
    cashier = village.client("cashier")
    cashier.get("/till")
    cashier.get("/till/panel/keys")
    assert shown == []
    cashier.post("/till/shift/open", data={"float": "0"})
    assert shown == [STATION]
