"""TSC's language, which most cheap label printers speak: a label as bytes, and the printers.

Source: TSC, "TSPL/TSPL2 Programming Manual"; the names in brackets are that book's. Words always go as dots: the fonts
of these printers have no Vietnamese. So do GS1 codes: firmwares differ in how FNC1 is told.
"""

import re

from ..labels.label import Label
from ..labels.layout import PlacedSymbol, lay_out
from ..labels.picture import draw_label
from .label_printer import LabelPrinter, Mode

GAP_MM = 2  # between labels on a roll, as they are sold
_PLAIN = re.compile(r"[A-Za-z0-9 ./:%?=&+#-]+")  # what no escape (~ \[ !) takes for its own
# Bits of the answer to <ESC>!?: jam and ribbon have no code of their own.
_BITS = ((0x01, "cover_open", ""), (0x04, "paper_out", ""), (0x02, "printer_failed", "paper jam"),
         (0x08, "printer_failed", "ribbon out"), (0x10, "printer_failed", "paused"), (0x80, "printer_failed", ""))  # fmt: skip


def encode_label(label: Label, dpi: int, mode: Mode = "raster", copies: int = 1) -> bytes:
    """Raises what `lay_out` raises. A code that the printer can't be told plainly goes as dots in either mode."""
    own = (
        [mark for mark in lay_out(label, dpi).marks if isinstance(mark, PlacedSymbol)]
        if mode == "text"
        else []
    )
    commands_by_symbol = {symbol: line for symbol in own if (line := _native(symbol, dpi))}
    picture = draw_label(label, dpi, leaving=frozenset(commands_by_symbol))
    across = (picture.width + 7) // 8
    dots = bytes(255 - byte for byte in picture.tobytes())  # BITMAP: 0 is ink
    head = f"SIZE {label.width:g} mm,{label.height:g} mm\r\nGAP {GAP_MM} mm,0 mm\r\nDIRECTION 1\r\nREFERENCE 0,0\r\nCLS\r\n"
    foot = "\r\n" + "".join(f"{line}\r\n" for line in commands_by_symbol.values()) + f"PRINT 1,{copies}\r\n"
    return f"{head}BITMAP 0,0,{across},{picture.height},0,".encode() + dots + foot.encode()


def _native(symbol: PlacedSymbol, dpi: int) -> str:
    """The code as a command (BARCODE, QRCODE, DMATRIX), without its digits, which stand among the words; or ""."""
    if not _PLAIN.fullmatch(symbol.content):
        return ""
    x, y, module, high = (round(mm * dpi / 25.4) for mm in (symbol.x, symbol.y, symbol.module, symbol.height))
    side = symbol.modules.across * module
    return {
        "ean13": f'BARCODE {x},{y},"EAN13",{high},0,0,{module},{module},"{symbol.content[:-1]}"',
        "ean8": f'BARCODE {x},{y},"EAN8",{high},0,0,{module},{module},"{symbol.content[:-1]}"',
        "code128": f'BARCODE {x},{y},"128",{high},0,0,{module},{module},"{symbol.content}"',
        "qr": f'QRCODE {x},{y},M,{module},A,0,"{symbol.content}"',
        "datamatrix": f'DMATRIX {x},{y},{side},{side},x{module},"{symbol.content}"',
    }.get(symbol.kind, "")


class TsplPrinter(LabelPrinter):
    """Printers that understand TSPL: TSC, Xprinter, Gprinter and many others."""

    QUESTION = b"\x1b!?"

    def _mending(self, job_bytes: int) -> bytes:
        """White for the rest of a BITMAP that never came; to a printer that waits for a command, a line of noise."""
        return b"\xff" * job_bytes + b"\r\n"

    def _job(self, label: Label, copies: int) -> bytes:
        return encode_label(label, self.dpi, self.mode, copies)

    def _complaint(self, answer: bytes) -> tuple[str, str] | None:
        return next(((code, detail) for bit, code, detail in _BITS if answer[-1] & bit), ("", ""))
