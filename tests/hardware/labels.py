"""Labels that tests draw, and readers of what came out."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image
from pyzbar import pyzbar

from hardware.decode import decode_picture
from hardware.drawing.symbols import Symbology
from hardware.labels.label import Bar, Box, Code, Frame, Label, Part, Stars, Words

LINK = "https://trace.example.com/01/09506000134352/10/CL2601"
ELEMENTS = "(01)09506000134352(17)261220(10)CL-26/1"
CONTENTS: dict[Symbology, str] = {
    "ean13": "8935049500544", "ean8": "96385074", "code128": "CL2601-0042", "gs1-128": ELEMENTS, "qr": LINK,
    "datamatrix": LINK, "gs1-datamatrix": ELEMENTS,
}  # fmt: skip
ZBAR_READS: set[Symbology] = {"ean13", "ean8", "code128", "qr"}
NAME = "Chè lam gừng Thạch Xá truyền thống hộp quà Tết 250 g"
SHELF = Label(70, 37, (
    Bar(Box(0, 0, 70, 5), "brand"), Words("Điểm OCOP", Box(2, 0.3, 40, 4.4), 3, 2, bold=True, colour="paper"),
    Words(NAME, Box(2, 5.5, 66, 9), 4.2, 2.4, lines=2, bold=True), Stars(4, Box(2, 15, 18, 3.6)),
    Words("45.000 ₫", Box(44, 15, 24, 7), 6, 4, bold=True, align="right", colour="stop"),
    Words("52.000 ₫", Box(44, 22, 24, 4.2), 3, 2, align="right", struck=True),
    Code("ean13", CONTENTS["ean13"], Box(1, 19, 42, 17), shown=True), Code("qr", LINK, Box(56, 26.2, 13, 10.7)),
))  # fmt: skip
SIGN = Label(148, 210, (
    Frame(Box(5, 5, 138, 200), 1.2, "brand"), Words("RƯỢU NẾP CẨM ỖNG Ỵ", Box(12, 14, 124, 60), 22, 8, lines=3, bold=True, align="center"),
    Stars(5, Box(12, 80, 124, 20)), Words("125.000 ₫", Box(12, 105, 124, 45), 34, 12, bold=True, align="center", colour="stop"),
    Code("qr", LINK, Box(54, 155, 40, 40)),
))  # fmt: skip


def card_with(*parts: Part, width: float = 70, height: float = 37) -> Label:
    return Label(width, height, parts)


def coded(kind: Symbology, *, shown: bool = False) -> Label:
    """A card that any code fits on, at any resolution."""
    return card_with(Code(kind, CONTENTS[kind], Box(2, 2, 96, 36), shown), width=100, height=40)


def output(picture: Image.Image, kind: Symbology, folder: Path) -> set[str]:
    """What three readers make of black on white, who must agree where they know the kind; GS1 in brackets."""
    big = picture.convert("L")
    big = big.resize((big.width * 2, big.height * 2), Image.Resampling.NEAREST)
    page = Image.new("L", (big.width + 80, big.height + 80), 255)
    page.paste(big, (40, 40))
    page.save(folder / "code.png")
    zxing = {code.text for code in zxingcpp.read_barcodes(np.asarray(page))}
    ours = {found.text for found in decode_picture(folder / "code.png")}
    assert plain(ours) == plain(zxing), (ours, zxing)
    if kind in ZBAR_READS:
        assert {code.data.decode() for code in pyzbar.decode(page)} == zxing
    return zxing


def plain(texts: Iterable[str]) -> set[str]:
    """Without what readers put around an element string in several ways."""
    return {
        "".join(letter for letter in text if letter.isalnum()).removeprefix("C1").removeprefix("d2")
        for text in texts
    }


def page_of(pdf: bytes, number: int = 0, *, dpi: int = 600) -> Image.Image:
    return pypdfium2.PdfDocument(pdf)[number].render(scale=dpi / 72).to_pil()


def on_white(drawn: Image.Image) -> Image.Image:
    return drawn.convert("L").point(lambda ink: 255 - ink)


def open_it(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png))


def ink_of(picture: Image.Image) -> Image.Image:
    """1 wherever it isn't white."""
    grey = np.asarray(picture.convert("RGB")).min(axis=2)
    return Image.fromarray(grey < 255)
