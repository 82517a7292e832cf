"""Our reader of ESC/POS, given bytes that others made: npm's receipt-printer-encoder and python-escpos."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from escpos.printer import Dummy
from PIL import Image

from hardware.decode import decode_picture
from hardware.fakes.interpreter import Interpreter, Paper
from hardware.slips.picture import draw_slip
from hardware.slips.slip import Qr, Slip
from tests.hardware.test_printing import read_by_tesseract

ROOT = Path(__file__).parents[2]
ENCODER = ROOT / "tests" / "independent" / "encode.js"
INSTALLED = ROOT / ".artifacts" / "independent" / "node_modules"
LINK = "https://trace.example.com/01/09506000134352/10/CL2601"
PICTURE = draw_slip(Slip((Qr("a picture"),)), 384).convert("L").point(lambda ink: 255 - ink)

Call = list[Any]


@pytest.fixture(scope="module")
def encoded() -> Callable[..., bytes]:
    """What npm's encoder makes of calls to it."""
    if not (INSTALLED / "@point-of-sale" / "receipt-printer-encoder").is_dir():
        told = "npm's encoder of receipts is missing: sh tests/run installs it, with node and npm"
        pytest.fail(told) if os.environ.get("CI") == "true" else pytest.skip(told)

    def ask(*calls: Call, **settings: Any) -> bytes:
        done = subprocess.run(
            ["node", str(ENCODER)], input=json.dumps({"settings": settings, "calls": calls}) + "\n", capture_output=True,
            check=True, encoding="utf-8", timeout=60, env={**os.environ, "NODE_PATH": str(INSTALLED)},
        )  # fmt: skip
        return bytes.fromhex(done.stdout.strip())

    return ask


def read(data: bytes, width: int = 576) -> Interpreter:
    """Byte by byte as a slow line brings them, and at once: both must come to the same."""
    slow, quick = Interpreter(width=width), Interpreter(width=width)
    for n in range(len(data)):
        slow.feed(data[n : n + 1])
    quick.feed(data)
    assert [sheet.tobytes() for sheet in slow.paper.sheets] == [
        sheet.tobytes() for sheet in quick.paper.sheets
    ]
    return quick


def codes(sheet: Image.Image, folder: Path) -> set[str]:
    page = Image.new("L", (sheet.width + 80, sheet.height + 80), 255)
    page.paste(sheet, (40, 40))
    page.save(folder / "codes.png")
    return {found.text for found in decode_picture(folder / "codes.png")}


def dots() -> list[Any]:
    grey = PICTURE.crop((0, 0, 384, PICTURE.height // 8 * 8))
    ink = "".join("1" if value == 0 else "0" for value in grey.getdata())
    return [{"picture": [grey.width, grey.height, ink]}, grey.width, grey.height]


def test_text_of_npms_encoder(encoded: Callable[..., bytes], tmp_path: Path) -> None:
    reader = read(encoded(
        ["initialize"], ["codepage", "windows1258"], ["align", "center"], ["bold", True], ["size", 2, 2], ["line", "BIEN LAI"],
        ["size", 1, 1], ["bold", False], ["align", "left"], ["line", "Chè lam gà 250 g"], ["underline", True], ["line", "Tong 45.000"],
        ["underline", False], ["invert", True], ["line", "CAM ON"], ["invert", False], ["rule"], ["newline"], ["pulse"], ["cut", "partial"],
        columns=48,
    ))  # fmt: skip
    (sheet,) = reader.paper.sheets
    text = read_by_tesseract(sheet, tmp_path)
    assert "BIEN LAI" in text
    assert "Chè lam gà 250 g" in text
    assert "45.000" in text
    assert (reader.paper.kicks, reader.paper.cuts) == (1, 1)


CODES = {
    "qr": (["qrcode", LINK, 2, 6, "m"], LINK),
    "code128": (["barcode", "CL2601AB", "code128", 80], "CL2601AB"),
    "ean13": (["barcode", "4006381333931", "ean13", 80], "4006381333931"),
    "picture": (["image", *dots(), "threshold", 128], "a picture"),
}


@pytest.mark.parametrize("image_mode", ["column", "raster"])
@pytest.mark.parametrize("kind", list(CODES))
def test_codes_and_pictures_of_npms_encoder(
    encoded: Callable[..., bytes], kind: str, image_mode: str, tmp_path: Path
) -> None:
    call, says = CODES[kind]
    reader = read(encoded(["initialize"], ["align", "center"], call, ["newline"], ["cut"], ["pulse", 1], columns=48, imageMode=image_mode))  # fmt: skip
    assert codes(reader.paper.sheets[0], tmp_path) == {says}
    assert (reader.paper.kicks, reader.paper.cuts) == (1, 1)


def test_text_of_python_escpos(tmp_path: Path) -> None:
    device = Dummy(profile="TM-T88V")
    device.set(align="center", bold=True, double_width=True, double_height=True)
    device.text("BIEN LAI\n")
    device.set_with_default()
    device.text("Ma 8935049500544\n")
    device.text("Café crème 45.000\n")
    device.set(font="b")
    device.text("Lo CL2601 HSD 20/12/2026\n")
    device.line_spacing(60)
    device.print_and_feed(2)
    device.line_spacing()
    device.cashdraw(2)
    device.cut(mode="PART")
    device.text("hai\n")
    device.cashdraw(5)
    device.cut(feed=False)
    reader = read(device.output)
    assert (len(reader.paper.sheets), reader.paper.kicks, reader.paper.cuts) == (2, 2, 2)
    text = read_by_tesseract(reader.paper.sheets[0], tmp_path)
    for words in ("BIEN LAI", "8935049500544", "45.000", "20/12/2026"):
        assert words in text


@pytest.mark.parametrize("way", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_pictures_of_python_escpos(way: str, tmp_path: Path) -> None:
    device = Dummy(profile="TM-T20II")
    device.image(PICTURE, impl=way)
    device.cut()
    sheet = read(device.output).paper.sheets[0]
    assert codes(sheet, tmp_path) == {"a picture"}
    box = sheet.convert("L").point(lambda v: 255 - v).getbbox()
    ours = PICTURE.point(lambda v: 255 - v).getbbox()
    assert box is not None
    assert ours is not None
    assert (box[2] - box[0], box[3] - box[1]) == (ours[2] - ours[0], ours[3] - ours[1])


@pytest.mark.parametrize("kind", ["CODE128", "EAN13"])
def test_codes_of_python_escpos(kind: str, tmp_path: Path) -> None:
    text = {"CODE128": "{BCL{{26}01", "EAN13": "4006381333931"}[kind]
    device = Dummy(profile="TM-T88V")
    device.barcode(text, kind, 80, 2, function_type="B")
    device.qr(LINK, native=True, size=6)
    device.cut()
    says = {"CODE128": "CL{26}01"}.get(kind, text)
    assert codes(read(device.output).paper.sheets[0], tmp_path) == {says, LINK}


def test_old_barcodes_end_with_a_zero(tmp_path: Path) -> None:
    device = Dummy(profile="TM-T88V")
    device.barcode("4006381333931", "EAN13", 80, 2, function_type="A")
    device.cut()
    assert codes(read(device.output).paper.sheets[0], tmp_path) == {"4006381333931"}


def test_spacing_feeds_and_long_lines() -> None:
    """ESC J, ESC d, ESC 3 and ESC 2 in dots; a line too long goes on beneath."""
    assert read(b"\x1b@\x1bJ\x40\x1bd\x02\x1dV\x00").paper.sheets[0].height == 64 + 60
    assert read(b"\x1b3\x50a\n\x1b2b\n\x1dVA\x00").paper.sheets[0].height == 80 + 30
    assert read(b"x" * 100 + b"\n\x1dV\x01").paper.sheets[0].height == 90
    assert read(b"\x1dVB\x00").paper.cuts == 1


@pytest.mark.parametrize("odd", [b"\x1bZZZ", b"\x1dk\x4eabc", b"\x1bt\x63a\n", b"\x07"])
def test_a_slip_of_the_pen_is_heard(odd: bytes) -> None:
    with pytest.raises(ValueError, match=r"unknown|no letters"):
        Interpreter().feed(odd)


def test_what_asks_for_an_answer_is_told() -> None:
    assert Interpreter().feed(b"\x10\x04\x02abc\x1da\xff\x10\x04") == [b"\x10\x04\x02", b"\x1da\xff"]


def test_what_stands_in_the_line_goes_first() -> None:
    """Letters without a line feed are printed before a cut, a feed and a block."""
    for then in (b"\x1dV\x00", b"\x1bJ\x00\x1dV\x00", b"\x1dv0\x00\x01\x00\x01\x00\xff\x1dV\x00"):
        assert read(b"a" + then).paper.sheets[0].height == 30 + (b"v0" in then)


def test_nothing_goes_on_when_the_roll_has_ended() -> None:
    reader = Interpreter(Paper(left=10))
    reader.feed(b"a\n\x1dV\x00\x1bp\x00\x19\xfa")
    assert (reader.paper.ended, reader.paper.sheets, reader.paper.kicks, reader.paper.cuts) == (
        True,
        [],
        0,
        0,
    )
    assert (half := reader.unfinished()) is not None
    assert half.height == 10


def test_sets_of_code_128_and_tabs(tmp_path: Path) -> None:
    """Set C packs two digits a byte; a picture twice as large; tabs."""
    reader = read(b"\x1bD\x08\x10\x00a\tb\r\n\x1dw\x02\x1dkI\x05{C\x0c\x22\x38\x1dV\x00")
    assert codes(reader.paper.sheets[0], tmp_path) == {"123456"}
    assert read(b"\x1dv0\x03\x01\x00\x01\x00\xff\x1dV\x00").paper.sheets[0].size == (16, 2)
