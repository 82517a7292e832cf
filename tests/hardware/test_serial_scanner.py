"""A scanner on a real pty: what is its line's own. What every scanner owes a till stands in test_devices.py."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.__main__ import main
from hardware.fakes.players import ScannerPlayer
from hardware.line import LONGEST_BYTES, read_lines
from hardware.ports import DeviceError
from hardware.scanners.serial_line import SerialScanner
from tests.hardware.listening import Listener, scanning

CODE, OTHER = "9520000000011", "9520000000028"
GS1 = "]d20109520000000011" + "10AB-1\x1d17261220"


@pytest.fixture
def player(tmp_path: Path) -> Iterator[ScannerPlayer]:
    playing = ScannerPlayer(tmp_path / "ttyACM0")
    playing.plug()
    yield playing
    playing.pull()


@pytest.fixture
def heard(player: ScannerPlayer) -> Iterator[Listener[str]]:
    with scanning(SerialScanner(player.address)) as listener:
        yield listener


@pytest.mark.parametrize("suffix", ["\r", "\n", "\r\n", ""])
def test_codes_end_with_what_the_scanner_sends_or_with_silence(
    player: ScannerPlayer, heard: Listener[str], suffix: str
) -> None:
    player.scan(CODE, suffix)
    assert heard.next() == CODE
    player.scan(GS1, suffix)
    assert heard.next() == GS1


def test_a_code_in_two_pieces_is_one_and_two_at_once_are_two(
    player: ScannerPlayer, heard: Listener[str]
) -> None:
    player.send(CODE[:6].encode())
    time.sleep(0.03)
    player.send(f"{CODE[6:]}\r{OTHER}\r".encode())
    assert [heard.next(), heard.next()] == [CODE, OTHER]


def test_noise_is_outlived(player: ScannerPlayer, heard: Listener[str]) -> None:
    for _ in range(5):
        player.send(bytes(range(14, 256)) * 4)
        time.sleep(0.02)
    player.send(b"\r\x00\xff\xfe\r \r\n" + CODE.encode() + b"\r")
    while (text := heard.next()) != CODE:
        assert "\ufffd" in text


def test_a_letter_of_many_bytes_comes_whole(player: ScannerPlayer, heard: Listener[str]) -> None:
    player.scan("Mật ong bạc hà")
    assert heard.next() == "Mật ong bạc hà"


class Output:
    """A line that has said certain pieces, and then is pulled out."""

    in_waiting = 0

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = iter(pieces)

    def read(self, size: int) -> bytes:
        try:
            return next(self._pieces)
        except StopIteration:
            raise OSError from None


@settings(deadline=None)
@given(st.lists(st.binary(max_size=6000), max_size=20))
def test_whatever_is_said_no_line_is_endless_and_none_has_an_end_in_it(pieces: list[bytes]) -> None:
    heard: list[bytes] = []
    with suppress(OSError):
        for line in read_lines(Output(pieces), threading.Event()):
            heard.append(line)  # noqa: PERF402  what was heard before the plug was pulled counts
    assert all(len(line) <= LONGEST_BYTES and not {10, 13} & set(line) for line in heard)


@pytest.mark.parametrize(
    "address",
    [
        "", "serial://", "serial:///", "tcp://x:1", "serial://dev/ttyACM0", "serial://[", "serial:///dev/\0x",
        "serial:///dev/x?baud=fast", "serial:///dev/x?baud=0", "serial:///dev/x?baud=-9600", "serial:///dev/x?baud=",
        "serial:///dev/x?baud=99999999999", "serial:///dev/x?bits=9", "serial:///dev/x?parity=some",
    ],
)  # fmt: skip
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(DeviceError, match="device_misconfigured") as refused:
        SerialScanner(address)
    assert refused.value.permanent


@pytest.mark.parametrize("path", ["/dev/null", "/nowhere", "/etc/passwd", "/tmp", "/dev/\ud800"])
def test_what_is_no_serial_line_is_never_connected(path: str) -> None:
    scanner, stopping = SerialScanner(f"serial://{path}"), threading.Event()
    threading.Timer(0.3, stopping.set).start()
    assert list(scanner.texts(stopping)) == []
    assert not scanner.connected


def test_the_command(player: ScannerPlayer, capsys: pytest.CaptureFixture[str]) -> None:
    threading.Timer(0.5, lambda: player.send(f"{GS1}\r{CODE}\r".encode())).start()
    assert main(["scan", f"serial://{player.path}", "--count", "2"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["gtin"], first["lot"], first["expires_on"]) == ("09520000000011", "AB-1", "2026-12-20")
    assert second == {"text": CODE, "gtin": "09520000000011"}
    assert main(["scan", "lp0"]) == 1
