"""What every device owes a till, whatever it hangs on; and the commands that find and try them."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
import usb.core

import hardware.__main__ as commands
from hardware.__main__ import main
from hardware.devices import make_display, make_printer, make_scale, make_scanner
from hardware.fakes.players import KeyboardPlayer, ScannerPlayer
from hardware.line import LONGEST_BYTES
from hardware.ports import Condition, DeviceError
from tests.hardware.listening import Listener, scanning

CODE, OTHER = "9520000000011", "9520000000028"
Player = ScannerPlayer | KeyboardPlayer


# ── every scanner


@pytest.fixture(params=[ScannerPlayer, KeyboardPlayer], ids=["serial", "evdev"])
def player(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Player]:
    playing: Player = request.param(tmp_path / "scanner")
    playing.plug()
    yield playing
    with suppress(OSError):
        playing.pull()


@pytest.fixture
def heard(player: Player) -> Iterator[Listener[str]]:
    with scanning(make_scanner(player.address)) as listener:
        yield listener


@pytest.mark.parametrize("suffix", ["\r", ""], ids=["Enter", "silence"])
def test_a_code_ends_with_enter_or_silence(player: Player, heard: Listener[str], suffix: str) -> None:
    for code in (CODE, "]d20109520000000011" + "10AB-1\x1d17261220"):
        player.scan(code, suffix)
        assert heard.next() == code


def test_the_same_symbol_at_once_is_one_scan(player: Player, heard: Listener[str]) -> None:
    for code in (CODE, CODE, OTHER):
        player.scan(code)
    assert [heard.next(), heard.next()] == [CODE, OTHER]
    time.sleep(0.5)
    player.scan(OTHER)
    assert heard.next() == OTHER


def test_twenty_codes_in_a_burst_all_arrive(player: Player, heard: Listener[str]) -> None:
    codes = [f"PT-{n:06}" for n in range(20)]
    for code in codes:
        player.scan(code)
    assert [heard.next() for _ in codes] == codes


def test_what_a_code_says_stays_text(player: Player, heard: Listener[str]) -> None:
    player.scan("<script>alert('1')</script>")
    assert heard.next() == "<script>alert('1')</script>"


def test_ten_kilobytes_are_noise_and_are_outlived(player: Player, heard: Listener[str]) -> None:
    player.scan("x" * 10_000)
    time.sleep(0.5)
    player.scan(CODE)
    while (text := heard.next()) != CODE:
        assert set(text) == {"x"}
        assert len(text) <= LONGEST_BYTES


def test_noise_is_outlived(player: Player, heard: Listener[str]) -> None:
    for _ in range(5):
        player.send(bytes(range(14, 256)) * 4)
        time.sleep(0.02)
    player.send(b"\x00\xff\xfe")
    time.sleep(0.5)
    player.scan(CODE)
    assert heard.hears(CODE)


def test_pulled_out_and_plugged_in_again_it_goes_on(player: Player, heard: Listener[str]) -> None:
    player.scan(CODE)
    assert heard.next() == CODE
    player.scan("952000", suffix="")  # half a symbol; the other half never comes
    player.pull()
    assert heard.is_connected_within(3, wanted=False)
    player.plug()
    assert heard.is_connected_within(3)
    player.scan(OTHER)
    assert heard.hears(OTHER)


# ── addresses


@pytest.mark.parametrize("made", [make_scanner, make_scale, make_display])
@pytest.mark.parametrize(
    "address", ["", "none", "lp0", "tcp://192.0.2.7:1", "serial://", "serial:///dev/x?baud=1"]
)
def test_an_address_of_nothing(made: Callable[[str], object], address: str) -> None:
    with pytest.raises(DeviceError, match="device_misconfigured") as refused:
        made(address)
    assert refused.value.permanent


@pytest.mark.parametrize("address", ["", "lp0", "http://192.0.2.7", "[::"])
def test_a_printers_address_that_is_none(address: str) -> None:
    with pytest.raises(DeviceError, match="device_misconfigured") as refused:
        make_printer("P", address, paper_mm=80, drawer_pin=None)
    assert refused.value.permanent


# ── commands


def test_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("input/by-id/usb-maker-event-kbd", "input/by-id/usb-maker-event-mouse", "video0", "usb/lp0"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(commands, "DEV", tmp_path)
    monkeypatch.setattr(usb.core, "find", lambda **_: [a_usb_device(7), a_usb_device(3)])
    assert main(["list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert f"evdev://{tmp_path}/input/by-id/usb-maker-event-kbd" in listed
    assert {f"camera {tmp_path}/video0", f"file://{tmp_path}/usb/lp0"} <= set(listed)
    assert [line for line in listed if line.startswith("usb:")] == ["usb://04b8:0e07"]
    assert not any("mouse" in line for line in listed)


def a_usb_device(kind: int) -> SimpleNamespace:
    settings = [[SimpleNamespace(bInterfaceClass=kind)]]
    return Device(settings=settings, idVendor=0x04B8, idProduct=0x0E00 + kind)


class Device(SimpleNamespace):
    def __iter__(self) -> Iterator[list[SimpleNamespace]]:
        return iter(self.settings)


def test_the_list_without_libusb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def missing(**_: object) -> None:
        raise usb.core.NoBackendError("No backend available")

    monkeypatch.setattr(usb.core, "find", missing)
    assert main(["list"]) == 0
    assert "usb:" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (Condition(), "ready"),
        (Condition("paper_low"), "paper_low"),
        (Condition(drawer_open=True), "ready, drawer open"),
        (Condition("paper_low", drawer_open=False), "paper_low, drawer closed"),
    ],
)
def test_the_status(
    condition: Condition, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = SimpleNamespace(check=lambda: condition)
    monkeypatch.setattr(commands, "make_printer", lambda *_, **__: fake)
    assert main(["status", "tcp://127.0.0.1:9100"]) == 0
    assert capsys.readouterr().out.strip() == told
