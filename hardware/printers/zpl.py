"""Zebra's language: a label as bytes, and the printers that speak it.

Source: Zebra, "ZPL II Programming Guide"; the names in brackets are that book's. Words always go as dots: the fonts of
these printers have no Vietnamese. So do EAN-8, which emulations lack, and GS1-128, whose FNC1 they tell in several ways.
"""

import binascii
import re
import zlib
from base64 import b64encode

from PIL import Image

from ..labels.label import Label
from ..labels.layout import PlacedSymbol, lay_out
from ..labels.picture import draw_label
from .label_printer import LabelPrinter, Mode

QR_LOWER, QR_MOST_DOTS = 10, 10  # ^BQ draws so many dots below ^FO, whatever the size; its modules' limit
FIRST_FIELDS, SECOND_FIELDS = 12, 11  # of the answer to ~HS
_PLAIN = re.compile(
    r"[A-Za-z0-9 ./:%?=&+#-]+"
)  # what no command, escape or subset of Code 128 takes for its own
_ELEMENT = re.compile(r"\((\d{2,4})\)([^(]*)")
_FIXED = ("00", "01", "02", "03", "04", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "31", "32", "33",
          "34", "35", "36", "41")  # fmt: skip
# elements of known length need no separator behind them: GS1 General Specifications §7.8.5


def encode_label(label: Label, dpi: int, mode: Mode = "raster", copies: int = 1) -> bytes:
    """Raises what `lay_out` raises. A code that the printer can't be told plainly goes as dots in either mode."""
    own = (
        [mark for mark in lay_out(label, dpi).marks if isinstance(mark, PlacedSymbol)]
        if mode == "text"
        else []
    )
    commands_by_symbol = {symbol: command for symbol in own if (command := _native(symbol, dpi))}
    picture = draw_label(label, dpi, leaving=frozenset(commands_by_symbol))
    size = f"^PW{picture.width}^LL{picture.height}^LH0,0"
    return (
        f"^XA{size}^FO0,0{_graphic(picture)}^FS{''.join(commands_by_symbol.values())}^PQ{copies}^XZ\n".encode(
            "ascii"
        )
    )


def _graphic(picture: Image.Image) -> str:
    """^GFA: dots, deflated and in base64 (Z64) behind their checksum."""
    dots = picture.tobytes()
    packed = b64encode(zlib.compress(dots, 9))
    total, across = len(dots), (picture.width + 7) // 8
    return f"^GFA,{total},{total},{across},:Z64:{packed.decode()}:{binascii.crc_hqx(packed, 0):04X}"


def _native(symbol: PlacedSymbol, dpi: int) -> str:
    """The code as a command, without its digits, which stand among the words; "" for one that must go as dots."""
    elements = _elements(symbol.content) if symbol.kind == "gs1-datamatrix" else ""
    if not _PLAIN.fullmatch(symbol.content) and not elements:
        return ""
    x, y, module, high = (round(mm * dpi / 25.4) for mm in (symbol.x, symbol.y, symbol.module, symbol.height))
    fits_qr = module <= QR_MOST_DOTS and y >= QR_LOWER
    y -= QR_LOWER if symbol.kind == "qr" else 0
    command = {
        "ean13": f"^BEN,{high},N^FD{symbol.content[:-1]}",
        "code128": f"^BCN,{high},N,N,N,A^FD{symbol.content}",
        "qr": f"^BQN,2,{module}^FDMA,{symbol.content}" if fits_qr else "",
        "datamatrix": f"^BXN,{module},200^FD{symbol.content}",
        "gs1-datamatrix": f"^BXN,{module},200,,,,_,1^FD{elements}",
    }.get(symbol.kind, "")
    return f"^FO{x},{y}^BY{module}{command}^FS" if command else ""


def _elements(content: str) -> str:
    """An element string for ^BX: _1 for FNC1, first of all and behind each value of unknown length but the last.
    "" for one that it can't be told.
    """
    found: list[tuple[str, str]] = _ELEMENT.findall(content)
    if "".join(f"({ai}){value}" for ai, value in found) != content:
        return ""
    if not all(_PLAIN.fullmatch(value) for _, value in found):
        return ""
    *first, (ai, value) = found
    return "_1" + "".join(f"{a}{v}{'' if a[:2] in _FIXED else '_1'}" for a, v in first) + ai + value


class ZplPrinter(LabelPrinter):
    """Printers that understand ZPL II: Zebra, and many others that emulate it."""

    QUESTION = b"~HS"

    def _mending(self, job_bytes: int) -> bytes:
        """~JX drops a label of which the end never came; what is whole is printed."""
        return b"~JX"

    def _job(self, label: Label, copies: int) -> bytes:
        return encode_label(label, self.dpi, self.mode, copies)

    def _complaint(self, answer: bytes) -> tuple[str, str] | None:
        """Three strings (~HS), told apart by how many fields they have: what was left of an earlier answer may stand
        before them. In the first: paper out, paused; in the second: head up, ribbon out.
        """
        strings = [string.split(b",") for string in re.findall(rb"\x02([^\x02\x03]*)\x03", answer)]
        by_length = {len(fields): fields for fields in strings}
        first, second = by_length.get(FIRST_FIELDS), by_length.get(SECOND_FIELDS)
        if first is None or second is None:
            return None
        flags = (
            (second[2], "cover_open", ""), (first[1], "paper_out", ""), (second[3], "printer_failed", "ribbon out"),
            (first[2], "printer_failed", "paused"),
        )  # fmt: skip
        return next(((code, detail) for flag, code, detail in flags if flag == b"1"), ("", ""))
