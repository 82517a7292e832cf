"""Scales on a real pty, in both languages: what they say, noise, and pulling them out."""

import json
import threading
import time
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.__main__ import main
from hardware.devices import make_scale
from hardware.fakes.line import Plug
from hardware.fakes.players import ScalePlayer
from hardware.ports import DeviceError, Weight
from hardware.scales.continuous import ContinuousProtocol
from hardware.scales.toledo import ToledoProtocol
from tests.hardware.listening import Listener, weighing

LINES = {
    b"ST,GS,+  0.512kg": Weight("stable", 512),
    b"ST,GS,   18.000kg": Weight("stable", 18_000),  # Liden LUW2001, example 1
    b"US,NT,-  0.200kg": Weight("negative", -200),  # its example 2
    b"ST,+001234.5  g": Weight("stable", 1234),  # A&D EK-L, §9-2
    b"OL,+999999.9  g": Weight("overload"),
    b"US,GS 1.342KG": Weight("moving", 1342),  # Kern KFB-TM, §10.4
    b" \x00ST, GS, + 0.512 kg ": Weight("stable", 512),
    b"ST,GS,-  0.000kg": Weight("stable", 0),
    b"OL,GS,": Weight("overload"),
    b"ST,GS,+  1.130lb": None,
    b"ST,GS,+  0.512": None,
    b"GS,+  0.512kg": None,
    b"12kg": None,
    b"ST,GS,+  0,512kg": None,
    b"ST,GS,+12345678.0kg": None,
    b"QT,+0012345 PC": None,
    b"<script>alert(1)</script>": None,
    b"": None,
}
ANSWERS = {
    b"\x0200.512": Weight("stable", 512),
    b"\x02012.345": Weight("stable", 12_345),
    b"\x0200.312N": Weight("stable", 312),
    b"noise\x02 1\x0200.512": Weight("stable", 512),
    b"\x02?A": Weight("moving"),
    b"\x02?B": Weight("overload"),
    b"\x02?D": Weight("negative"),
    b"\x02?E": Weight("negative"),
    b"\x02?P": None,  # at the centre of zero, and nothing to complain of
    b"\x0201.13": None,  # pounds have two decimals
    b"00.512": None,
    b"\x0200.5x2": None,
    b"\x02?": None,
    b"": None,
}


@pytest.mark.parametrize(("line", "weight"), LINES.items())
def test_what_a_continuous_scale_says(line: bytes, weight: Weight | None) -> None:
    language = ContinuousProtocol()
    language.reading(b"ST,GS,+  0.001kg")
    assert language.reading(line) == weight


@pytest.mark.parametrize(("line", "weight"), ANSWERS.items())
def test_what_a_toledo_answers(line: bytes, weight: Weight | None) -> None:
    assert ToledoProtocol().reading(line) == weight


def test_a_tare_belongs_to_the_net_weights_after_it_and_goes_with_the_gross_ones() -> None:
    output = (
        b"ST,TR,+  0.200kg",
        b"ST,NT,+  0.312kg",
        b"US,NT,+  0.313kg",
        b"ST,GS,+  0.512kg",
        b"ST,GS,+  0.511kg",
    )
    language = ContinuousProtocol()
    assert [language.reading(line) for line in output] == [
        None, Weight("stable", 312, 200), Weight("moving", 313, 200), None, Weight("stable", 511),
    ]  # fmt: skip


GROSS, TARE, NET = b"ST,GS,+  0.612kg", b"ST,TR,+  0.100kg", b"ST,NT,+  0.512kg"


@pytest.mark.parametrize("turn", permutations((GROSS, TARE, NET)))
@pytest.mark.parametrize("began", range(3))
def test_of_gross_tare_and_net_in_turn_only_the_net_is_for_sale(turn: tuple[bytes, ...], began: int) -> None:
    """Whichever comes first, and with whichever we began to listen."""
    language = ContinuousProtocol()
    weights = [weight for line in (turn * 5)[began:] if (weight := language.reading(line))]
    assert {weight.net_milli for weight in weights} == {512}
    assert set(weights[1:]) == {Weight("stable", 512, 100)}


def test_noise_may_have_been_a_tare_and_silence_was_none() -> None:
    language = ContinuousProtocol()
    output = (GROSS, b"ST,TR,+ #", GROSS, b"", GROSS, b"OL,GS,", GROSS)
    gross = Weight("stable", 612)
    assert [language.reading(line) for line in output] == [
        None, None, None, None, gross, Weight("overload"), gross,
    ]  # fmt: skip


def test_a_tare_of_nothing_holds_no_net_weight_back() -> None:
    language = ContinuousProtocol()
    output = (TARE, NET, b"ST,TR,+  0.000kg", b"ST,NT,+  0.612kg", GROSS, GROSS)
    assert [language.reading(line) for line in output] == [
        None, Weight("stable", 512, 100), None, Weight("stable", 612), None, Weight("stable", 612),
    ]  # fmt: skip


PIECES = st.sampled_from(
    [*LINES, *ANSWERS, b"ST,GS,", b"US,TR,+", b"9" * 30, b".", b"kg", b"\x02", b"?", b"g"]
)


@given(st.lists(st.binary(max_size=30) | PIECES.map(lambda line: line[:12]) | PIECES, max_size=8))
def test_no_noise_raises_and_no_weight_is_absurd(pieces: list[bytes]) -> None:
    for language in (ContinuousProtocol(), ToledoProtocol()):
        for output in (*pieces, b"".join(pieces)):
            weight = language.reading(output)
            assert weight is None or abs(weight.net_milli) < 1_000_000_000
            assert weight is None or (weight.state == "negative") >= (weight.net_milli < 0)


# ── every scale


@pytest.fixture(params=["continuous", "toledo"])
def player(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ScalePlayer]:
    playing = ScalePlayer(tmp_path / "ttyUSB1", request.param)
    playing.plug()
    yield playing
    playing.pull()


@pytest.fixture
def heard(player: ScalePlayer) -> Iterator[Listener[Weight]]:
    with weighing(make_scale(player.address)) as listener:
        yield listener


def tell_all(player: ScalePlayer, weight: Weight) -> Weight:
    """A toledo tells neither a weight that isn't stable nor its tare."""
    if player.protocol == "continuous":
        return weight
    return Weight(weight.state, weight.net_milli) if weight.state == "stable" else Weight(weight.state)


def test_what_lies_on_it(player: ScalePlayer, heard: Listener[Weight]) -> None:
    player.lay(512, stable=False)
    assert heard.hears(tell_all(player, Weight("moving", 512)))
    player.lay(512)
    assert heard.hears(Weight("stable", 512))
    assert heard.is_connected_within(1)
    player.tare(200)
    assert heard.hears(tell_all(player, Weight("stable", 312, 200)))
    player.negative()
    assert heard.hears(tell_all(player, Weight("negative", -50, 200)))
    player.tare(0)
    player.overload()
    assert heard.hears(Weight("overload"))
    player.lay(12_345)
    assert heard.hears(Weight("stable", 12_345))


def test_a_gross_weight_told_first_is_not_for_sale(tmp_path: Path) -> None:
    """Over a real line, from the first reading on."""
    plug, turn = Plug(tmp_path / "ttyUSB1"), b"\r\n".join((GROSS, TARE, NET, b""))
    plug.plug()
    with weighing(make_scale(f"serial://{plug.path}")) as heard:
        until = time.monotonic() + 5
        while heard.hears_nothing_for(0.1):
            assert time.monotonic() < until
            plug.send(turn * 2)
        assert heard.next() == Weight("stable", 512, 100)
    plug.pull()


def test_noise_among_the_readings_is_outlived(player: ScalePlayer, heard: Listener[Weight]) -> None:
    player.lay(512)
    for noise in (
        bytes(range(256)) * 3,
        b"x" * 10_000,
        b"ST,GS,+  9",
        b"\x0209.",
        b"<script>alert(1)</script>\r\n",
    ):
        player.send(noise)
        assert heard.hears(Weight("stable", 512))


def test_pulled_out_and_plugged_in_again_it_goes_on(player: ScalePlayer, heard: Listener[Weight]) -> None:
    player.lay(512)
    assert heard.hears(Weight("stable", 512))
    player.pull()
    assert heard.is_connected_within(3, wanted=False)
    player.lay(700)
    player.plug()
    assert heard.is_connected_within(3)
    assert heard.hears(Weight("stable", 700))


def test_the_command(player: ScalePlayer, capsys: pytest.CaptureFixture[str]) -> None:
    player.lay(512)
    assert main(["weigh", player.address, "--count", "2"]) == 0
    output = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert output == [{"state": "stable", "net_milli": 512, "tare_milli": 0}] * 2
    assert main(["weigh", "lp0"]) == 1


@pytest.mark.parametrize("output", [b"", b"\xa5\x00\xffnoise\r\n"], ids=["silent", "at a wrong baud rate"])
def test_a_scale_that_says_nothing_sensible_is_not_connected(tmp_path: Path, output: bytes) -> None:
    plug = Plug(tmp_path / "ttyUSB1")
    plug.plug()
    with weighing(make_scale(f"serial://{plug.path}")) as heard:
        speaks_until_heard(plug, heard)
        assert heard.next() == Weight("stable", 512)
        while not heard.hears_nothing_for(0.3):
            heard.next()
        until = time.monotonic() + 4
        while time.monotonic() < until and heard.port.connected:
            plug.send(output)
            time.sleep(0.1)
        assert not heard.port.connected
        assert heard.hears_nothing_for(0)
        speaks_until_heard(plug, heard)
    plug.pull()


def speaks_until_heard(plug: Plug, heard: Listener[Weight]) -> None:
    """As a scale does: what it says before its line is opened, nobody hears."""
    until = time.monotonic() + 5
    while not heard.port.connected:
        assert time.monotonic() < until
        plug.send(b"ST,GS,+  0.512kg\r\n")
        time.sleep(0.1)


def test_a_toledo_is_asked_no_oftener_than_its_maker_allows(tmp_path: Path) -> None:
    plug = Plug(tmp_path / "ttyUSB1", lambda _: plug.send(b"\x0200.512\r"))
    plug.plug()
    with weighing(make_scale(f"serial://{plug.path}?protocol=toledo")) as heard:
        assert heard.next() == Weight("stable", 512)
        before = len(plug.heard)
        time.sleep(1)
        assert 2 <= len(plug.heard) - before <= 5
    plug.pull()


@pytest.mark.parametrize("path", ["/dev/null", "/nowhere", "/tmp"])
def test_what_is_no_scale_is_never_connected(path: str) -> None:
    port, stopping = make_scale(f"serial://{path}"), threading.Event()
    threading.Timer(0.3, stopping.set).start()
    assert list(port.weights(stopping)) == []
    assert not port.connected


@pytest.mark.parametrize(
    "address", ["serial:///dev/x?protocol=cas", "serial:///dev/x?protocol=", "serial:///dev/x?baud=x"]
)
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(DeviceError, match="device_misconfigured"):
        make_scale(address)
