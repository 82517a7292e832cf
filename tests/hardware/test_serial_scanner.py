"""A scanner on a real pty: its codes, noise, and pulling it out in the middle."""

import json
import os
import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.__main__ import main
from hardware.ports import DeviceError
from hardware.scanners.serial_line import SerialScanner

CODE, OTHER = "9520000000011", "9520000000028"
GS1 = "]d20109520000000011" + "10AB-1\x1d17261220"


class Player:
    """A scanner's end of the line. `path` leads to it while it is plugged in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.plug()

    def plug(self) -> None:
        self._ours, self._theirs = os.openpty()
        self.path.symlink_to(os.ttyname(self._theirs))

    def pull(self) -> None:
        self.path.unlink()
        os.close(self._ours)
        os.close(self._theirs)

    def says(self, said: bytes) -> None:
        os.write(self._ours, said)


class Heard:
    """What arrives at the other end, while a thread listens."""

    def __init__(self, path: Path) -> None:
        self.scanner = SerialScanner(f"serial://{path}")
        self.texts: queue.Queue[str] = queue.Queue()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()

    def _listen(self) -> None:
        for text in self.scanner.texts(self.stopping):
            self.texts.put(text)

    def next(self) -> str:
        return self.texts.get(timeout=5)

    def is_connected_within(self, seconds: float, *, wanted: bool = True) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.scanner.connected != wanted:
            time.sleep(0.02)
        return self.scanner.connected == wanted


@pytest.fixture
def player(tmp_path: Path) -> Player:
    return Player(tmp_path / "ttyACM0")


@pytest.fixture
def heard(player: Player) -> Iterator[Heard]:
    listening = Heard(player.path)
    assert listening.is_connected_within(5)
    yield listening
    listening.stopping.set()
    listening.thread.join(5)


@pytest.mark.parametrize("suffix", [b"\r", b"\n", b"\r\n", b""])
def test_codes_end_with_what_the_scanner_sends_or_with_silence(
    player: Player, heard: Heard, suffix: bytes
) -> None:
    player.says(CODE.encode() + suffix)
    assert heard.next() == CODE
    player.says(GS1.encode() + suffix)
    assert heard.next() == GS1


def test_a_code_in_two_pieces_is_one_and_two_at_once_are_two(player: Player, heard: Heard) -> None:
    player.says(CODE[:6].encode())
    time.sleep(0.03)
    player.says(f"{CODE[6:]}\r{OTHER}\r".encode())
    assert [heard.next(), heard.next()] == [CODE, OTHER]


def test_the_same_symbol_at_once_is_one_scan(player: Player, heard: Heard) -> None:
    player.says(f"{CODE}\r{CODE}\r{OTHER}\r".encode())
    assert [heard.next(), heard.next()] == [CODE, OTHER]
    time.sleep(0.5)
    player.says(f"{OTHER}\r".encode())
    assert heard.next() == OTHER


def test_noise_is_outlived(player: Player, heard: Heard) -> None:
    for _ in range(5):
        player.says(bytes(range(14, 256)) * 4)
        time.sleep(0.02)
    player.says(b"\r\x00\xff\xfe\r \r\n" + CODE.encode() + b"\r")
    while (text := heard.next()) != CODE:
        assert "\ufffd" in text


def test_pulled_out_and_plugged_in_again_it_goes_on(player: Player, heard: Heard) -> None:
    player.says(f"{CODE}\r".encode())
    assert heard.next() == CODE
    player.pull()
    assert heard.is_connected_within(3, wanted=False)
    player.plug()
    assert heard.is_connected_within(3)
    player.says(f"{OTHER}\r".encode())
    assert heard.next() == OTHER


@pytest.mark.parametrize(
    "address", ["", "serial://", "tcp://x:1", "serial:///dev/x?baud=fast", "serial:///dev/x?baud=0"]
)
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(DeviceError, match="device_misconfigured"):
        SerialScanner(address)


def test_the_command(player: Player, capsys: pytest.CaptureFixture[str]) -> None:
    threading.Timer(0.5, lambda: player.says(f"{GS1}\r{CODE}\r".encode())).start()
    assert main(["scan", f"serial://{player.path}", "--count", "2"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["gtin"], first["lot"], first["expires_on"]) == ("09520000000011", "AB-1", "2026-12-20")
    assert second == {"text": CODE, "gtin": "09520000000011"}
    assert main(["scan", "lp0"]) == 1
