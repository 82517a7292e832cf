"""A scanner that is a keyboard: real input events through a real pipe."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.fakes.line import Plug
from hardware.fakes.players import KeyboardPlayer, key_events
from hardware.ports import DeviceError
from hardware.scanners.evdev import EV_KEY, EV_SYN, EVENT, SYN_DROPPED, EvdevScanner, _codes
from hardware.scanners.keyboard import PLAIN, SHIFTED
from tests.hardware.listening import Listener, scanning

CODE = "9520000000011"
CAPS_LOCK, LEFT_ALT, LEFT_CONTROL, F8, KEYPAD_ENTER, TAB, A, KEYPAD_7 = 58, 56, 29, 66, 96, 15, 30, 71
AN_EVENT = 24  # bytes, on a computer of 64 bits


@pytest.fixture
def player(tmp_path: Path) -> Iterator[KeyboardPlayer]:
    playing = KeyboardPlayer(tmp_path / "usb-maker-event-kbd")
    playing.plug()
    yield playing
    playing.pull()


@pytest.fixture
def heard(player: KeyboardPlayer) -> Iterator[Listener[str]]:
    with scanning(EvdevScanner(player.address)) as listener:
        yield listener


def pressed(*keys: int, value: int = 1) -> bytes:
    return b"".join(EVENT.pack(1, 2, EV_KEY, key, value) + EVENT.pack(1, 2, EV_SYN, 0, 0) for key in keys)


def released(*keys: int) -> bytes:
    return pressed(*keys, value=0)


def test_every_letter_of_the_keyboard(player: KeyboardPlayer, heard: Listener[str]) -> None:
    letters = "".join(sorted({*PLAIN.values(), *SHIFTED.values()} - {" "}))
    assert letters == "".join(map(chr, range(0x21, 0x7F)))
    player.scan(letters)
    assert heard.next() == letters
    player.scan("Ab 1-2")
    assert heard.next() == "Ab 1-2"


@pytest.mark.parametrize("key", [28, TAB, KEYPAD_ENTER])
def test_what_ends_a_code(player: KeyboardPlayer, heard: Listener[str], key: int) -> None:
    player.send(pressed(A) + pressed(key) + pressed(KEYPAD_7) + pressed(key))
    assert [heard.next(), heard.next()] == ["a", "7"]


def test_the_separator_of_gs1(player: KeyboardPlayer, heard: Listener[str]) -> None:
    player.scan("]d210AB-1\x1d17261220")
    assert heard.next() == "]d210AB-1\x1d17261220"
    player.send(key_events("1") + pressed(F8) + key_events("2"))
    assert heard.next() == "1\x1d2"


def test_keys_that_type_nothing(player: KeyboardPlayer, heard: Listener[str]) -> None:
    others = pressed(CAPS_LOCK) + released(CAPS_LOCK) + pressed(500) + released(500)
    held = pressed(LEFT_ALT, A) + released(A, LEFT_ALT) + pressed(LEFT_CONTROL, A) + released(A, LEFT_CONTROL)
    repeating = pressed(A, value=2) * 5
    player.send(others + held + repeating + key_events("b") + pressed(28))
    assert heard.next() == "b"


def test_half_an_event_spoils_one_code_at_most(player: KeyboardPlayer, heard: Listener[str]) -> None:
    player.send(key_events("1")[:7])
    time.sleep(0.4)
    player.scan(CODE)
    assert heard.next() == CODE


def test_a_code_of_which_linux_lost_keys_is_none(player: KeyboardPlayer, heard: Listener[str]) -> None:
    player.send(key_events("1") + EVENT.pack(0, 0, EV_SYN, SYN_DROPPED, 0) + key_events("2") + pressed(28))
    player.scan(CODE)
    assert heard.next() == CODE


def test_a_device_that_refuses_the_grab_is_not_connected(tmp_path: Path) -> None:
    taken, stopping = Plug(tmp_path / "kbd"), threading.Event()
    taken.plug()  # a pty is a character device, and knows no grab
    scanner = EvdevScanner(f"evdev://{taken.path}")
    threading.Timer(0.3, stopping.set).start()
    assert list(scanner.texts(stopping)) == []
    assert not scanner.connected
    taken.pull()


@pytest.mark.parametrize("path", ["/nowhere", "/tmp", "/dev/null", "/dev/\ud800"])
def test_what_is_no_keyboard_is_never_connected(path: str) -> None:
    scanner, stopping = EvdevScanner(f"evdev://{path}"), threading.Event()
    threading.Timer(0.3, stopping.set).start()
    assert list(scanner.texts(stopping)) == []
    assert not scanner.connected


def test_an_event_is_as_long_as_linux_says() -> None:
    assert EVENT.size == AN_EVENT


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=2000) | st.lists(st.tuples(*[st.integers(0, 700)] * 2, st.integers(-3, 3))))
def test_no_noise_raises(noise: bytes | list[tuple[int, int, int]]) -> None:
    output = noise if isinstance(noise, bytes) else b"".join(EVENT.pack(0, 0, *event) for event in noise)
    ours, theirs = os.pipe()
    os.write(theirs, output)
    os.close(theirs)
    try:
        with pytest.raises(OSError, match="pulled out"):
            list(_codes(ours, threading.Event()))
    finally:
        os.close(ours)


@pytest.mark.parametrize("address", ["", "evdev://", "evdev://kbd", "serial:///dev/x", "evdev://["])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(DeviceError, match="device_misconfigured"):
        EvdevScanner(address)
