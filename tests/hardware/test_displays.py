"""A pole display on a real pty: what a customer reads on it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.__main__ import main
from hardware.displays.vfd import PoleDisplay
from hardware.drawing.letters import transliterate
from hardware.fakes.players import FakePoleDisplay
from hardware.ports import DeviceError

EMPTY = " " * 20


@pytest.fixture
def pole(tmp_path: Path) -> Iterator[FakePoleDisplay]:
    fake = FakePoleDisplay(tmp_path / "ttyUSB2")
    fake.plug()
    yield fake
    fake.pull()


def reads(pole: FakePoleDisplay, upper: str, lower: str) -> bool:
    """Whether a customer reads this before long."""
    until = time.monotonic() + 3
    wanted = (upper.ljust(20), lower.ljust(20))
    while time.monotonic() < until and pole.lines != wanted:
        time.sleep(0.02)
    return pole.lines == wanted and not pole.strange


def test_two_lines_without_accents_cut_to_twenty(pole: FakePoleDisplay) -> None:
    display = PoleDisplay(pole.address)
    display.show("Mật ong bạc hà Mèo Vạc 500 ml", "2 × 45.000 ₫")
    assert reads(pole, "Mat ong bac ha Meo V", "2 x 45.000 d")
    display.show("Cảm ơn quý khách", "")
    assert reads(pole, "Cam on quy khach", "")


def test_a_name_gives_no_commands(pole: FakePoleDisplay) -> None:
    PoleDisplay(pole.address).show("A\x1b@B\x0cC\x1f\x0b\x7f\x9b\x85D\r\n", "\x1bQA<script>")
    assert reads(pole, "A @B C     D", " QA<script>")


def test_one_that_was_pulled_out_refuses_and_one_plugged_in_again_shows(pole: FakePoleDisplay) -> None:
    display = PoleDisplay(pole.address)
    display.show("Tổng cộng", "470.000 ₫")
    assert reads(pole, "Tong cong", "470.000 d")
    pole.pull()
    with pytest.raises(DeviceError, match="display_unreachable") as refused:
        display.show("Tổng cộng", "1 ₫")
    assert not refused.value.permanent
    pole.plug()
    display.show("Tổng cộng", "2 ₫")
    assert reads(pole, "Tong cong", "2 d")
    pole.pull()
    pole.plug()
    display.show("Tổng cộng", "3 ₫")
    assert reads(pole, "Tong cong", "3 d")


def test_none_there_at_all() -> None:
    with pytest.raises(DeviceError, match="display_unreachable"):
        PoleDisplay("serial:///nowhere").show("", "")
    with pytest.raises(DeviceError, match="device_misconfigured"):
        PoleDisplay("tcp://192.0.2.7")


def test_the_command(pole: FakePoleDisplay) -> None:
    assert main(["show", pole.address, "Xin chào", "Quý khách"]) == 0
    assert reads(pole, "Xin chao", "Quy khach")
    assert main(["show", "serial:///nowhere", "", ""]) == 1


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("BÁNH TẺ NẾP CÁI – Đặc biệt", "BANH TE NEP CAI - Dac biet"),
        ("rượu “nếp cẩm” 35.000\u00a0₫…", 'ruou "nep cam" 35.000 d...'),
        ("2 × 3, ★ 你", "2 x 3, ? ?"),
        ("a\tb\nc\x00", "a b c "),
    ],
)
def test_transliteration(text: str, plain: str) -> None:
    assert transliterate(text) == plain


@given(st.text())
def test_all_that_is_transliterated_can_be_sent(text: str) -> None:
    assert all(0x20 <= ord(letter) < 0x7F for letter in transliterate(text))
    assert transliterate(transliterate(text)) == transliterate(text)
