"""Label printers: what their languages say, read by others or from the bytes alone; and what a printer can lack."""

import json
import os
import socket
import subprocess
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from hardware.devices import make_label_printer
from hardware.devices import make_printer as slip_printer
from hardware.drawing.symbols import Symbology
from hardware.labels.label import Box, Code, Label
from hardware.labels.picture import draw_label
from hardware.ports import Condition, DeviceError
from hardware.printers import connection, tspl, zpl
from hardware.printers.card_printer import TEST_CARD
from hardware.printers.label_port import LabelPrinterPort
from hardware.slips.slip import Card, Cut, Slip, Text
from tests.hardware.labels import CONTENTS, SHELF, card_with, coded, on_white, open_it, output, plain
from tests.hardware.tspl_reader import TsplReader

ROOT = Path(__file__).parents[2]
READER = ROOT / "tests" / "independent" / "zpl.js"
INSTALLED = ROOT / ".artifacts" / "independent" / "node_modules"
DOTS_A_MM = {203: 8, 300: 12}
KINDS = list(CONTENTS)

Drawing = Callable[[bytes, Label, int], Image.Image]


@pytest.fixture(scope="module")
def npm() -> Drawing:
    """What npm's reader of ZPL makes of a label: ink 1."""
    if not (INSTALLED / "zpl-renderer-js").is_dir():
        told = "npm's reader of ZPL is missing: sh tests/run installs it, with node and npm"
        pytest.fail(told) if os.environ.get("CI") == "true" else pytest.skip(told)

    def drawn(data: bytes, label: Label, dpi: int) -> Image.Image:
        asked = {"zpl": data.decode(), "width": label.width, "height": label.height, "dpmm": DOTS_A_MM[dpi]}
        done = subprocess.run(
            ["node", str(READER)], input=json.dumps(asked) + "\n", capture_output=True, check=True, encoding="utf-8",
            timeout=60, env={**os.environ, "NODE_PATH": str(INSTALLED)},
        )  # fmt: skip
        return open_it(b64decode(done.stdout)).convert("L").point(lambda light: 255 * (light < 128), "1")

    return drawn


def inked(picture: Image.Image) -> Image.Image:
    return picture.crop(picture.getbbox())


@pytest.mark.parametrize("dpi", [203, 300])
def test_zpl_in_dots_is_the_picture(npm: Drawing, dpi: int) -> None:
    drawn = npm(zpl.encode_label(SHELF, dpi), SHELF, dpi)
    assert inked(drawn).tobytes() == inked(draw_label(SHELF, dpi)).tobytes()


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("kind", KINDS)
def test_zpl_with_the_printers_own_codes(npm: Drawing, kind: Symbology, dpi: int, tmp_path: Path) -> None:
    """They say the same, and stand where ours stand."""
    label = coded(kind, shown=True)
    drawn = npm(zpl.encode_label(label, dpi, "text"), label, dpi)
    assert plain(output(on_white(drawn), kind, tmp_path)) == plain([CONTENTS[kind]])
    assert [a - b for a, b in zip(inked(drawn).size, inked(draw_label(label, dpi)).size, strict=True)] == [
        0,
        0,
    ]
    own = {"ean13": "^BEN", "code128": "^BCN", "qr": "^BQN", "datamatrix": "^BXN", "gs1-datamatrix": "^BXN"}
    assert own.get(kind, "^GFA") in zpl.encode_label(label, dpi, "text").decode()


@pytest.mark.parametrize("dpi", [203, 300])
def test_tspl_in_dots_is_the_picture(dpi: int) -> None:
    reader = TsplReader(dpi).feed(tspl.encode_label(SHELF, dpi, copies=3))
    assert [label.tobytes() for label in reader.labels] == [draw_label(SHELF, dpi).tobytes()] * 3
    assert reader.settings["GAP"] == "2 mm,0 mm"


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("kind", KINDS)
def test_tspl_with_the_printers_own_codes(kind: Symbology, dpi: int, tmp_path: Path) -> None:
    label = coded(kind, shown=True)
    data = tspl.encode_label(label, dpi, "text")
    (drawn,) = TsplReader(dpi).feed(data).labels
    assert plain(output(on_white(drawn), kind, tmp_path)) == plain([CONTENTS[kind]])
    assert (b"BARCODE" in data or b"QRCODE" in data or b"DMATRIX" in data) == (not kind.startswith("gs1"))


@pytest.mark.parametrize("encoded", [zpl.encode_label, tspl.encode_label])
def test_what_a_printer_could_take_for_a_command_goes_as_dots(encoded: Callable[..., bytes]) -> None:
    for content in ('A"1', "A^XZ", "A~JA", "A>5", "A\\[1"):
        label = card_with(Code("code128", content, Box(0, 0, 70, 20)))
        assert content.encode() not in encoded(label, 203, "text")


def test_an_element_string_that_cant_be_told_goes_as_dots() -> None:
    for content in ("(01)09506000134352(10)A\\(1", "(01)09506000134352(10)A_1"):
        label = card_with(Code("gs1-datamatrix", content, Box(0, 0, 30, 30)))
        assert b"^BX" not in zpl.encode_label(label, 203, "text")


@dataclass
class FakeLabelPrinter:
    """On 127.0.0.1: keeps what it is sent but for questions, which it answers with `answer`, or not at all if b""."""

    question: bytes
    answer: bytes
    then: bytes | None = None  # what it answers after a label
    hang_up_after: int | None = None
    heard: bytearray = field(default_factory=bytearray)

    def start(self) -> "FakeLabelPrinter":
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        return self

    def stop(self) -> None:
        with suppress(OSError):  # it was stopped already
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            with line:
                self._converse(line)

    def _converse(self, line: socket.socket) -> None:
        while data := line.recv(4096):
            *before, after = data.split(self.question)
            for part in before:
                self.heard += part
                line.sendall(self.answer if self.then is None or not self.heard else self.then)
            self.heard += after
            if self.hang_up_after is not None and len(self.heard) > self.hang_up_after:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                return


def host_status(*, paper_out: int = 0, paused: int = 0, head_up: int = 0, ribbon_out: int = 0) -> bytes:
    """~HS as Zebra's book prints it."""
    first = f"030,{paper_out},{paused},0311,000,0,0,0,000,0,0,0"
    second = f"000,0,{head_up},{ribbon_out},0,2,4,0,00000000,1,000"
    return "".join(f"\x02{string}\x03\r\n" for string in (first, second, "1234,0")).encode()


READY = {"zpl": host_status(), "tspl": b"\x00"}
QUESTION = {"zpl": b"~HS", "tspl": b"\x1b!?"}
FAULTS = [
    ("zpl", host_status(paper_out=1, paused=1), "paper_out"), ("zpl", host_status(head_up=1, paper_out=1), "cover_open"),
    ("zpl", host_status(paused=1), "printer_failed: paused"), ("zpl", host_status(ribbon_out=1), "printer_failed: ribbon out"),
    ("tspl", b"\x01", "cover_open"), ("tspl", b"\x04", "paper_out"), ("tspl", b"\x05", "cover_open"), ("tspl", b"\x10", "printer_failed: paused"),
    ("tspl", b"\x02", "printer_failed: paper jam"), ("tspl", b"\x80", "printer_failed"),
]  # fmt: skip


@pytest.fixture
def made() -> Iterator[Callable[..., tuple[FakeLabelPrinter, LabelPrinterPort]]]:
    fakes: list[FakeLabelPrinter] = []

    def make(
        language: str, answer: bytes | None = None, **more: object
    ) -> tuple[FakeLabelPrinter, LabelPrinterPort]:
        fake = FakeLabelPrinter(
            QUESTION[language], READY[language] if answer is None else answer, **more
        ).start()  # type: ignore[arg-type]
        fakes.append(fake)
        return fake, make_label_printer("tags", fake.address, language=language)

    yield make
    for fake in fakes:
        fake.stop()


Made = Callable[..., tuple[FakeLabelPrinter, LabelPrinterPort]]
LANGUAGES = [("zpl", zpl.encode_label), ("tspl", tspl.encode_label)]


@pytest.mark.parametrize(("language", "encoded"), LANGUAGES)
@pytest.mark.parametrize("answers", [True, False])
def test_a_label_arrives_whole(
    made: Made, language: str, encoded: Callable[..., bytes], answers: bool
) -> None:
    fake, printer = made(language, None if answers else b"")
    assert printer.check() == Condition()
    printer.print_label(SHELF, 2)
    fake.stop()
    assert bytes(fake.heard) == encoded(SHELF, 203, copies=2)


@pytest.mark.parametrize(("language", "answer", "code"), FAULTS)
def test_what_is_wrong_beforehand(made: Made, language: str, answer: bytes, code: str) -> None:
    fake, printer = made(language, answer)
    for asked in (printer.check, lambda: printer.print_label(SHELF)):
        with pytest.raises(DeviceError, match=f"^{code}$") as failure:
            asked()
        assert not failure.value.begun
    assert not fake.heard


@pytest.mark.parametrize("language", ["zpl", "tspl"])
def test_what_goes_wrong_meanwhile(made: Made, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "TIMEOUT_SECONDS", 1.0)
    for then, code in (
        (host_status(paper_out=1) if language == "zpl" else b"\x04", "paper_out"),
        (b"", "printer_broke_off"),
    ):
        _, printer = made(language, then=then)
        with pytest.raises(DeviceError, match=code) as failure:
            printer.print_label(SHELF)
        assert failure.value.begun
    _, printer = made(language, hang_up_after=100)
    with pytest.raises(DeviceError, match="printer_broke_off") as failure:
        printer.print_label(SHELF, 2)
    assert failure.value.begun


@pytest.mark.parametrize(("language", "encoded"), LANGUAGES)
def test_the_next_label_is_whole(
    made: Made, language: str, encoded: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a broken one left the printer waiting for is filled or dropped before it."""
    monkeypatch.setattr(connection, "TIMEOUT_SECONDS", 1.0)
    fake, printer = made(language, then=b"")
    with pytest.raises(DeviceError):
        printer.print_label(SHELF)
    fake.then, before = None, len(fake.heard)
    printer.print_label(SHELF)
    fake.stop()
    job = encoded(SHELF, 203)
    mending = b"~JX" if language == "zpl" else b"\xff" * len(job) + b"\r\n"
    assert bytes(fake.heard[before:]) == mending + job


def test_what_is_left_of_an_answer_is_no_answer() -> None:
    """The third string of ~HS may come after the next question."""
    printer = zpl.ZplPrinter("tags", "tcp://127.0.0.1")
    left = b"\x021234,0\x03\r\n"
    assert printer._complaint(left) is None
    assert printer._complaint(left + host_status()[:40]) is None
    assert printer._complaint(left + host_status(paused=1)) == ("printer_failed", "paused")
    assert printer._complaint(left + host_status()) == ("", "")


def test_one_that_isnt_there(made: Made) -> None:
    fake, printer = made("zpl")
    fake.stop()
    with pytest.raises(DeviceError, match="printer_unreachable"):
        printer.check()


@pytest.mark.parametrize(("language", "address", "mode"), [
    ("epl", "tcp://127.0.0.1", "raster"), ("zpl", "ftp://x", "raster"), ("zpl", "serial:///dev/x?baud=y", "raster"), ("tspl", "tcp://127.0.0.1", "no"),
])  # fmt: skip
def test_a_wrong_setting(language: str, address: str, mode: str) -> None:
    with pytest.raises(DeviceError, match="device_misconfigured") as failure:
        make_label_printer("x", address, language=language, mode=mode)  # type: ignore[arg-type]
    assert failure.value.permanent


def test_a_device_file_that_cant_be_asked(tmp_path: Path) -> None:
    path = tmp_path / "lp"
    path.touch()
    printer = make_label_printer("tags", f"file://{path}", language="tspl")
    printer.print_label(SHELF)
    assert path.read_bytes() == tspl.encode_label(SHELF, 203)
    assert printer.check() == Condition()


@pytest.mark.parametrize("language", ["zpl", "tspl"])
def test_in_a_queue_it_prints_cards_and_nothing_else(made: Made, language: str) -> None:
    """What is printed anew carries a line of words for a roll; on a label it has no place."""
    fake, _ = made(language)
    device = slip_printer("tags", fake.address, paper_mm=80, drawer_pin=None, profile=language)
    device.print(Slip((Text("IN LẠI TỪ ĐẦU"), Card(SHELF), Cut(), Card(SHELF), Cut())))
    assert device.check() == Condition()
    with pytest.raises(DeviceError, match="labels_only") as failure:
        device.print(Slip((Text("Phiếu"), Cut())))
    assert failure.value.permanent
    device.print(TEST_CARD)
    fake.stop()
    encoded = dict(LANGUAGES)[language]
    card = next(row.label for row in TEST_CARD.rows if isinstance(row, Card))
    assert bytes(fake.heard) == encoded(SHELF, 203) * 2 + encoded(card, 203)
